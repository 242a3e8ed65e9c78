"""The line to SP4N-LAPOR: how it is called, how reports are written, who keeps both sides even."""
