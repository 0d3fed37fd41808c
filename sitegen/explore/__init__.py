"""The instruments of the pages: pictures that move when they are touched."""
