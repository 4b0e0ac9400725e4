package motley.coordinator.access;

/// A person who has shown who they are.
record Admission(Person person, Credential credential) {}
