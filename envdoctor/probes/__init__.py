"""Reading the machine: one module a subject, each a function from the door to a block of facts."""
