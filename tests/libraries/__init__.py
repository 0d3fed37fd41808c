"""The adapters, checked as a user would: each where its library is installed."""
