"""HTML, read only: every change goes through the API, but for logging in and out."""
