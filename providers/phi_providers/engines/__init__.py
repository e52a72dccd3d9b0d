"""One module per engine, imported only in a worker, on demand."""
