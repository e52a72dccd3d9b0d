"""Models that can be fetched: what each is, where its files are published, and which of them suits a machine."""
