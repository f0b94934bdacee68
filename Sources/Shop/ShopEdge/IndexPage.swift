/// The page at `/`: what runs here and how to try it.
enum IndexPage {
    static func html(_ facts: ShopFacts) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>The Shop</title>
        <style>\(style)</style>
        </head>
        <body>
        <main>
        <h1>The Shop is open</h1>
        <p>This is the gateway of a shop made of small services: users, catalog, carts, orders, payments,
        inventory, shipping and notifications. Everything a customer can do is an HTTP call to this address.</p>
        \(links(facts))
        \(accounts(facts))
        \(walk(facts))
        </main>
        <footer>Version \(escaped(facts.version))</footer>
        </body>
        </html>
        """
    }

    private static func links(_ facts: ShopFacts) -> String {
        var items = [
            #"<li><a href="/openapi.json">openapi.json</a>: every call, with its fields and errors</li>"#,
            #"<li><a href="/health/ready">health/ready</a>: whether an order can be accepted now</li>"#,
            #"<li><a href="/health">health</a>: how each service is</li>"#,
            #"<li><a href="/api/v1/products?limit=5">api/v1/products</a>: the first goods</li>"#,
        ]
        if let operations = facts.operationsURL {
            let url = escaped(operations)
            items.append("<li><a href=\"\(url)\">\(url)</a>: services, sagas, traces and logs, for operators</li>")
        }
        return "<h2>Look around</h2>\n<ul>\n\(items.joined(separator: "\n"))\n</ul>"
    }

    private static func accounts(_ facts: ShopFacts) -> String {
        guard !facts.demoAccounts.isEmpty else { return "" }
        let rows = facts.demoAccounts.map { account in
            "<tr><td><code>\(escaped(account.email))</code></td><td>\(escaped(account.role))</td></tr>"
        }
        return """
            <h2>Demo accounts</h2>
            <p>Their password stands in the README.</p>
            <table>
            <tr><th scope="col">E-mail</th><th scope="col">Who it is</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private static func walk(_ facts: ShopFacts) -> String {
        let account = facts.demoAccounts.first?.email ?? "you@shop.example"
        let commands = #"""
            SHOP=\#(facts.publicURL)
            PASSWORD='…'   # the demo password, see the README

            # The first value of a field of the JSON that comes in
            field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
            JSON='Content-Type: application/json'

            # 1. Sign in
            TOKEN=$(curl -s $SHOP/api/v1/sessions -H "$JSON" \
              -d "{\"email\": \"\#(account)\", \"password\": \"$PASSWORD\"}" | field accessToken)

            # 2. Choose something
            PRODUCT=$(curl -s "$SHOP/api/v1/products?inStock=true&limit=1" | field id)

            # 3. Exchange a test card for a token
            CARD=$(curl -s $SHOP/api/v1/payment-tokens -H "Authorization: Bearer $TOKEN" -H "$JSON" \
              -d '{"number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2030, "cvc": "123"}' | field token)

            # 4. Order it
            ORDER=$(curl -s $SHOP/api/v1/orders -H "Authorization: Bearer $TOKEN" -H "$JSON" \
              -H "Idempotency-Key: order-$(date +%s)" \
              -d "{\"items\": [{\"productId\": \"$PRODUCT\", \"quantity\": 1}], \"paymentToken\": \"$CARD\",
                   \"shippingAddress\": {\"name\": \"Ada\", \"line1\": \"1 Harbour Street\", \"city\": \"Bristol\",
                                       \"postalCode\": \"BS1 4RW\", \"country\": \"GB\"}}" | field id)

            # 5. Watch it on its way
            curl -N $SHOP/api/v1/orders/$ORDER/stream -H "Authorization: Bearer $TOKEN"
            """#
        return "<h2>Place an order</h2>\n<pre><code>\(escaped(commands))</code></pre>"
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #14213d; --sea: #0b6e8a; --paper: #fbfaf7; --line: #d9d5ca; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8e6df; --sea: #6cc5dc; --paper: #11161d; --line: #2c3540; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.6 system-ui, sans-serif; }
        main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 1rem; }
        h1 { font-size: 2.2rem; line-height: 1.2; margin: 0 0 .5rem; }
        h1::after { content: ""; display: block; width: 4rem; height: .3rem; margin-top: .8rem;
          background: var(--sea); }
        h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; }
        a { color: var(--sea); }
        ul { padding-left: 1.2rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid var(--line); }
        pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .85rem; }
        footer { max-width: 46rem; margin: 0 auto; padding: 1rem 1.25rem 2.5rem; opacity: .7; }
        """
}
