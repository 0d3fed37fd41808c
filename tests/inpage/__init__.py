"""What a site carries for its blocks to run in the page, without a browser."""
