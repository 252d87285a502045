# The build is Maven's; these are the words for what one does every day.
MVN ?= mvn

.PHONY: verify quick it format up

# Everything that CI runs.
verify:
	$(MVN) verify

# Compile and unit tests, no integration tests.
quick:
	$(MVN) -q test

# Integration tests as well; `make it MODULE=libs/embedded` for one module and what it needs.
it:
	$(MVN) verify $(if $(MODULE),-pl $(MODULE) -am)

# Lay out every Java file.
format:
	$(MVN) -q -pl formatting compile exec:exec

# The platform on embedded parts, until Ctrl-C.
up:
	./walkback up --data walkback-data
