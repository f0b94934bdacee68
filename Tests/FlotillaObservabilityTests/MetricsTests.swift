internal import FlotillaCore
@testable internal import FlotillaObservability
internal import Metrics
internal import Testing

@Suite("Metrics") struct MetricsTests {
    @Test("the exposition is sorted, escaped and typed")
    func golden() {
        let registry = MetricsRegistry()
        let requests = "http_requests_total"
        registry.counter(requests, "Requests.", labels: [("status", "200"), ("method", "GET")]).increment(by: 3)
        registry.counter(requests, "Requests.", labels: [("method", "POST"), ("status", "202")]).increment()
        registry.gauge("queue_length", "Back\\slash and\nnewline.", labels: [("name", "a\"b\\c\nd")]).set(2.5)
        let histogram = registry.histogram("seconds", "Durations.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        let summary = registry.summary("sizes", "Sizes.")
        for value in 1...100 { summary.observe(Double(value)) }
        #expect(registry.prometheusText() == """
            # HELP http_requests_total Requests.
            # TYPE http_requests_total counter
            http_requests_total{method="GET",status="200"} 3
            http_requests_total{method="POST",status="202"} 1
            # HELP queue_length Back\\\\slash and\\nnewline.
            # TYPE queue_length gauge
            queue_length{name="a\\"b\\\\c\\nd"} 2.5
            # HELP seconds Durations.
            # TYPE seconds histogram
            seconds_bucket{le="0.1"} 2
            seconds_bucket{le="1"} 3
            seconds_bucket{le="+Inf"} 4
            seconds_sum 7.65
            seconds_count 4
            # HELP sizes Sizes.
            # TYPE sizes summary
            sizes{quantile="0.5"} 50
            sizes{quantile="0.9"} 90
            sizes{quantile="0.95"} 95
            sizes{quantile="0.99"} 99
            sizes_sum 5050
            sizes_count 100

            """)
    }

    @Test("the same labels in any order are the same series")
    func identity() {
        let registry = MetricsRegistry()
        let one = registry.counter("c", "C.", labels: [("a", "1"), ("b", "2")])
        let two = registry.counter("c", "C.", labels: [("b", "2"), ("a", "1")])
        one.increment()
        two.increment(by: 0.5)
        #expect(one.value == 1.5)
        #expect(registry.snapshot()[0].series.count == 1)
    }

    @Test("a counter never goes down, a gauge does")
    func directions() {
        let registry = MetricsRegistry()
        let counter = registry.counter("c", "C.")
        counter.increment(by: -1)
        counter.increment(by: -0.5)
        counter.increment(by: .nan)
        #expect(counter.value == 0)
        let gauge = registry.gauge("g", "G.")
        gauge.increment(by: 3)
        gauge.decrement()
        #expect(gauge.value == 2)
    }

    @Test("series beyond the bound share one, and it can be seen")
    func overflow() {
        let registry = MetricsRegistry(seriesMax: 2)
        for id in 0..<10 { registry.counter("c", "C.", labels: [("id", "\(id)")]).increment() }
        #expect(registry.prometheusText() == """
            # HELP c C.
            # TYPE c counter
            c{id="0"} 1
            c{id="1"} 1
            c{overflow="true"} 8

            """)
    }

    @Test("a name taken by another kind gives a handle that counts into nothing, and is told")
    func conflict() {
        let registry = MetricsRegistry()
        registry.counter("c", "C.").increment()
        registry.gauge("c", "C.").set(7)
        #expect(registry.rejectedCount == 1)
        #expect(registry.prometheusText().contains("c 1\n"))
    }

    @Test("names are made legal, reserved labels renamed")
    func names() {
        let registry = MetricsRegistry()
        registry.counter("http.requests-öl", "C.", labels: [("a-b", "1")]).increment()
        registry.histogram("0h", "H.", labels: [("le", "x")], buckets: [1]).observe(1)
        let text = registry.prometheusText()
        #expect(text.contains("http_requests___l{a_b=\"1\"} 1\n"))
        #expect(text.contains("_0h_bucket{label_le=\"x\",le=\"1\"} 1\n"))
    }

    @Test("registries of one process become one exposition, the service as a label")
    func merge() {
        let orders = MetricsRegistry(constantLabels: [("service", "orders")])
        let carts = MetricsRegistry(constantLabels: [("service", "carts")])
        orders.counter("requests_total", "Requests.").increment(by: 2)
        carts.counter("requests_total", "Requests.").increment()
        carts.gauge("a_gauge", "G.", labels: [("service", "own")]).set(1)
        #expect(PrometheusText.render(MetricFamily.merged([orders.snapshot(), carts.snapshot()])) == """
            # HELP a_gauge G.
            # TYPE a_gauge gauge
            a_gauge{service="own"} 1
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{service="carts"} 1
            requests_total{service="orders"} 2

            """)
    }

    @Test("increments from many tasks are all there")
    func concurrency() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c", "C.")
        let gauge = registry.gauge("g", "G.")
        let histogram = registry.histogram("h", "H.", buckets: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        counter.increment(by: 0.5)
                        gauge.increment(by: 1)
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 12_000)
        #expect(gauge.value == 8_000)
        #expect(histogram.count == 8_000)
        #expect(histogram.sum == 4_000)
    }

    @Test("what libraries measure through swift-metrics is in the exposition")
    func factory() {
        let registry = MetricsRegistry()
        let factory = RegistryMetricsFactory(registry: registry)
        Metrics.Counter(label: "pool.hits", dimensions: [("kind", "db")], factory: factory).increment(by: 2)
        Metrics.FloatingPointCounter(label: "pool.bytes", factory: factory).increment(by: 1.5)
        Metrics.Meter(label: "pool.size", factory: factory).set(4)
        Metrics.Gauge(label: "pool.free", factory: factory).record(3)
        Metrics.Recorder(label: "pool.rows", factory: factory).record(5)
        Metrics.Timer(label: "pool.wait", factory: factory).recordNanoseconds(2_000_000)
        let text = registry.prometheusText()
        #expect(text.contains("pool_hits{kind=\"db\"} 2\n"))
        #expect(text.contains("pool_bytes 1.5\n"))
        #expect(text.contains("pool_size 4\n"))
        #expect(text.contains("pool_free 3\n"))
        #expect(text.contains("pool_rows_bucket{le=\"16\"} 1\n"))
        #expect(text.contains("pool_wait_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("pool_wait_bucket{le=\"0.001\"} 0\n"))
    }

    @Test("a summary tells of its latest values, and counts all")
    func summaryWindow() {
        let cell = SummaryCell()
        for _ in 0..<1_000 { cell.observe(1) }
        for _ in 0..<SummaryCell.window { cell.observe(9) }
        let read = cell.read()
        #expect(read.quantiles.allSatisfy { $0.1 == 9 })
        #expect(read.count == 1_000 + SummaryCell.window)
        #expect(SummaryCell().read().quantiles.isEmpty)
    }

    @Test("numbers are written as the format wants them", arguments: [
        (1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (1e20, "1e+20"), (123_456_789.0, "123456789"),
    ])
    func numbers(value: Double, text: String) { #expect(PrometheusText.number(value) == text) }

    @Test("the process tells of itself")
    func process() {
        let registry = MetricsRegistry()
        let time = ManualTime()
        let metrics = ProcessMetrics(registry: registry, world: World.manual(time), diskPath: "/")
        time.advance(by: .seconds(5))
        let usage = metrics.collect()
        #expect(usage.residentBytes > 1_000_000)
        #expect(usage.cpuSeconds > 0)
        #expect(usage.diskTotalBytes > usage.diskFreeBytes)
        let text = registry.prometheusText()
        #expect(text.contains("process_uptime_seconds 5\n"))
        #expect(text.contains("# TYPE process_cpu_seconds_total counter\n"))
        #expect(text.contains("process_start_time_seconds 1767225600\n"))
        #if os(Linux)
            #expect(usage.openFileCount >= 3)
            #expect(usage.threadCount >= 1)
            #expect(usage.memoryTotalBytes > usage.residentBytes)
        #endif
    }
}
