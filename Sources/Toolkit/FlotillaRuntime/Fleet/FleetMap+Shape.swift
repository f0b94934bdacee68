extension FleetMap {
    /// Who calls whom, as far as the services say so themselves; what stands in front of them is added by whoever puts
    /// the fleet together.
    public var shape: FleetShape {
        FleetShape(
            manifests.map { manifest in
                FleetShape.Member(
                    manifest.name, operations: manifest.operations, calls: manifest.calls,
                    publishes: manifest.publishes, consumes: manifest.consumes, schedules: manifest.schedules,
                    activities: manifest.activities)
            })
    }
}
