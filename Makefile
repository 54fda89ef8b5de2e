# `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := 0.1.0
KUBERNETES := 1.34.4
# Installs the JDK and the Go that are missing, and runs a command with them.
PREREQUISITES := $(CURDIR)/.ci/prerequisites
MVN := $(PREREQUISITES) java -- $(CURDIR)/mvnw -B -ntp
TESTBED := $(PREREQUISITES) go -- e2e/cluster/testbed
IMAGES := e2e/cluster/images
# On the test bed, whatever cluster the user works on.
INSTALL := CLUSTER=testbed CONTEXT= e2e/install

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: prerequisites
prerequisites: ## Install the tools that are missing (as root), so that nothing later has to
	@$(PREREQUISITES) java go

.PHONY: test
test: prerequisites test-java chart test-node test-e2e ## Run every test

.PHONY: test-java
test-java: ## Run the Java tests, the API server's among them (no cluster needed)
	api=$$($(TESTBED) api-test-dir) && \
	  KUBE_API_TEST_DIR=$$api KUBE_API_TEST_API_SERVER_VERSION=$(KUBERNETES) $(MVN) verify

.PHONY: test-node
test-node: cluster node-image ## Run a queue node on the test bed, and the tests that need a real broker
	node-image/queue-node-stop-test
	e2e/queue-node-test warren.local/queue-node:$(VERSION) \
	  $(MVN) verify -pl operator,node-image/gateway -am -Dtest='*IT' -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: fuzz
fuzz: ## Fuzz what the gateway reads from its clients, half a minute each
	for test in 'FramesFuzzTest#anything' 'HttpFuzzTest#anyPath' 'HttpFuzzTest#anyEvent'; do \
	  JAZZER_FUZZ=1 $(MVN) -q test -pl node-image/gateway -Dtest="$$test" || exit; \
	done

.PHONY: chart
chart: ## Check the chart (no cluster needed)
	PATH=$$($(TESTBED) path):$$PATH helm/check $(KUBERNETES)

.PHONY: test-e2e
test-e2e: cluster node-image operator-image gateway-image example-image ## Run the operator on the test bed, and the tests that use it as its users do
	$(INSTALL)
	$(TESTBED) helm test warren --namespace warren-system
	$(MVN) verify -pl e2e -am -Dtest='*E2E' -Dsurefire.failIfNoSpecifiedTests=false

FAULTS := 200
MINUTES := 600
MESSAGES := 1000000
DOWN := 600
SEED := $(shell date +%s)

.PHONY: soak
soak: cluster node-image operator-image gateway-image example-image ## Many random faults: make soak FAULTS=200 [MINUTES=...] [SEED=...]
	$(INSTALL)
	$(MVN) verify -pl e2e -am -Dtest=FaultsE2E -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.faults=$(FAULTS) -De2e.minutes=$(MINUTES) -De2e.seed=$(SEED)

.PHONY: bench-queues
bench-queues: cluster node-image operator-image gateway-image example-image ## Measure a pass and a replacement with 100 and 1,000 queues
	$(INSTALL)
	$(MVN) verify -pl e2e -am -Dtest=ManyQueuesBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: bench-load
bench-load: cluster node-image operator-image gateway-image example-image ## Measure how a consumer follows a constant load, a quarter of an hour
	$(INSTALL)
	$(MVN) verify -pl e2e -am -Dtest=ConstantLoadBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: soak-publish
soak-publish: cluster node-image operator-image gateway-image example-image ## Publish over HTTP while nodes fail: make soak-publish MESSAGES=1000000
	$(INSTALL)
	$(MVN) verify -pl e2e -am -Dtest=PublishThroughFaultsE2E -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.messages=$(MESSAGES)

.PHONY: soak-delivery
soak-delivery: cluster node-image operator-image gateway-image example-image ## Deliver to a receiver that is down for long: make soak-delivery DOWN=600
	$(INSTALL)
	$(MVN) verify -pl e2e -am -Dtest=ReceiverDownE2E -Dsurefire.failIfNoSpecifiedTests=false -De2e.down=$(DOWN)

.PHONY: bench-gateway
bench-gateway: cluster node-image operator-image gateway-image ## Measure the gateway beside other ways for the same messages
	$(INSTALL)
	$(MVN) -q test-compile -pl node-image/gateway -am
	e2e/bench-gateway $(MVN) -q process-test-classes -pl node-image/gateway -am -Ptest-program \
	  -Dtest-program=dev.warren.gateway.bench.GatewayBenchmark

SIMULATION := $(MVN) -q process-test-classes -pl operator -am -Ptest-program \
  -Dtest-program=dev.warren.operator.scaling.simulation

.PHONY: simulate
simulate: ## Drive scaling through loads and faults beside what else could scale; draws docs/simulation
	$(SIMULATION).Simulator -Dexec.args=$(CURDIR)/docs/simulation

.PHONY: bench-scaling
bench-scaling: ## What it costs to decide for 10, 50 and 200 consumers
	$(SIMULATION).DecisionBenchmark

.PHONY: demo
demo: ## Show Warren at work, on the test bed, or: make demo CONTEXT=name, make demo CLUSTER=kind
	e2e/demo

.PHONY: demo-down
demo-down: ## Remove what demo made, the test bed too; with the same CONTEXT or CLUSTER
	e2e/demo-down

.PHONY: cluster
cluster: ## Start the test bed: a Kubernetes of three machines
	$(TESTBED) up

.PHONY: cluster-down
cluster-down: ## Stop the test bed and remove it; what was built stays in the cache
	$(TESTBED) down

.PHONY: node-image
node-image: cluster ## Build the queue node's image and load it into the test bed
	archive=$$($(IMAGES)/containerize node-image node-image/Containerfile \
	  warren.local/queue-node:$(VERSION) --build-arg BASE=warren.local/rabbitmq:4.3.6) && \
	  $(TESTBED) load-image "$$archive"

.PHONY: operator-image
operator-image: cluster ## Build the operator's image and load it into the test bed
	$(PREREQUISITES) java -- operator/src/main/container/jlink-runtime operator/target/jre
	$(MVN) -q package -pl operator -am -DskipTests
	archive=$$($(IMAGES)/containerize operator operator/src/main/container/Containerfile \
	  warren.local/operator:$(VERSION) --build-arg BASE=warren.local/debian:forky) && \
	  $(TESTBED) load-image "$$archive"

.PHONY: gateway-image
gateway-image: cluster ## Build the gateway's image and load it into the test bed
	$(PREREQUISITES) java -- operator/src/main/container/jlink-runtime node-image/gateway/target/jre
	$(MVN) -q package -pl node-image/gateway -am -DskipTests
	archive=$$($(IMAGES)/containerize node-image/gateway node-image/gateway/src/main/container/Containerfile \
	  warren.local/gateway:$(VERSION) --build-arg BASE=warren.local/debian:forky) && \
	  $(TESTBED) load-image "$$archive"

.PHONY: example-image
example-image: cluster ## Build the image of the examples' programs and load it into the test bed
	archive=$$($(IMAGES)/build python) && $(TESTBED) load-image "$$archive"

.PHONY: crds
crds: ## Write the CustomResourceDefinition from the API's classes
	cd crds && $(MVN) -q test-compile exec:java

.PHONY: fmt
fmt: ## Format the Java code
	$(MVN) -q spotless:apply
