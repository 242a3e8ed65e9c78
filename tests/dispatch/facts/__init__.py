"""The incidents as columns: read, shared out, counted, kept up, held against how much is told."""
