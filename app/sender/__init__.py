"""The sender: a process of its own that carries what the outbox holds to people and machines."""
