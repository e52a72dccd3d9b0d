"""What the server says to its user: English in the code, other languages in gettext catalogues."""
