"""What a text is to an editor: line endings, positions, indentation, limits."""
