internal import ShopSystem

await ShopCommand.start()
