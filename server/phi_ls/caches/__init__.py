"""What has been answered before."""
