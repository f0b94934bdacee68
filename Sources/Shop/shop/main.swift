internal import ShopSystem

await ShopCommand.main()
