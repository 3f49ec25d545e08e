public import ArgumentParser
public import CentrifugoSetup

// Words on the command line that the module's own types are made from.
extension SetupForm: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
extension SetupExpectations.Delivery: ExpressibleByArgument {}
extension SetupPlan.Transport: ExpressibleByArgument {}
