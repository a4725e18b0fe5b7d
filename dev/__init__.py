"""What a developer's machine needs: embedded servers, `make run` with its demo, and the start of the tests."""
