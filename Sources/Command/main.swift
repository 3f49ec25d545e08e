print("proxyhooks")
