# `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell sed -n 's/^version: //p' helm/warren/Chart.yaml)
KUBERNETES := 1.34.4
TESTBED := e2e/cluster/testbed

export JAVA_HOME := $(shell .ci/find-jdk)
# The programs are packaged where the images are built.
MVN := mvn -B -ntp -Dquarkus.build.skip

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: test
test: test-java chart test-node test-e2e ## Run every test

.PHONY: test-java
test-java: ## Run the Java tests, the API server's among them (no cluster needed)
	api=$$($(TESTBED) api-test-dir) && \
	  KUBE_API_TEST_DIR=$$api KUBE_API_TEST_API_SERVER_VERSION=$(KUBERNETES) $(MVN) verify

.PHONY: test-node
test-node: cluster ## Run a queue node on the test bed, and the tests that need a real broker
	e2e/load-images queue-node
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

.PHONY: workflows
workflows: ## Check the workflows of GitHub (takes Go)
	.ci/check-workflows

.PHONY: test-e2e
test-e2e: load-images ## Run the operator on the test bed, and the tests that use it as its users do
	KUBECONFIG= e2e/install
	$(TESTBED) helm test warren --namespace warren-system
	$(MVN) verify -pl e2e -am -Dtest='*E2E' -Dsurefire.failIfNoSpecifiedTests=false

FAULTS := 200
MINUTES := 600
MESSAGES := 1000000
DOWN := 600
SEED := $(shell date +%s)

.PHONY: soak
soak: load-images ## Many random faults: make soak FAULTS=200 [MINUTES=...] [SEED=...]
	KUBECONFIG= e2e/install
	$(MVN) verify -pl e2e -am -Dtest=FaultsE2E -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.faults=$(FAULTS) -De2e.minutes=$(MINUTES) -De2e.seed=$(SEED)

.PHONY: bench-queues
bench-queues: load-images ## Measure a pass and a replacement with 100 and 1,000 queues
	KUBECONFIG= e2e/install
	$(MVN) verify -pl e2e -am -Dtest=ManyQueuesBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: bench-load
bench-load: load-images ## Measure how a consumer follows a constant load, a quarter of an hour
	KUBECONFIG= e2e/install
	$(MVN) verify -pl e2e -am -Dtest=ConstantLoadBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: soak-publish
soak-publish: load-images ## Publish over HTTP while nodes fail: make soak-publish MESSAGES=1000000
	KUBECONFIG= e2e/install
	$(MVN) verify -pl e2e -am -Dtest=PublishThroughFaultsE2E -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.messages=$(MESSAGES)

.PHONY: soak-delivery
soak-delivery: load-images ## Deliver to a receiver that is down for long: make soak-delivery DOWN=600
	KUBECONFIG= e2e/install
	$(MVN) verify -pl e2e -am -Dtest=ReceiverDownE2E -Dsurefire.failIfNoSpecifiedTests=false -De2e.down=$(DOWN)

.PHONY: bench-gateway
bench-gateway: load-images ## Measure the gateway beside other ways for the same messages
	KUBECONFIG= e2e/install
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
demo: ## Show Warren at work, on KUBECONFIG's cluster or else on the test bed
	e2e/demo

.PHONY: demo-down
demo-down: ## Remove what demo made, the test bed too
	e2e/demo-down

.PHONY: cluster
cluster: ## Start the test bed: a Kubernetes of three machines
	$(TESTBED) up

.PHONY: cluster-down
cluster-down: ## Stop the test bed and remove it; what was built stays in the cache
	$(TESTBED) down

.PHONY: images
images: ## Build the images for any cluster: make images [REGISTRY=...] [PUSH=1] [PLATFORMS=linux/amd64,linux/arm64]
	REGISTRY=$(REGISTRY) PUSH=$(PUSH) PLATFORMS=$(PLATFORMS) .ci/build-images

.PHONY: load-images
load-images: cluster ## Build the images from the test bed's bases, where they changed, and load them into it
	e2e/load-images

.PHONY: crds
crds: ## Write the CustomResourceDefinition from the API's classes
	cd crds && $(MVN) -q test-compile exec:java

.PHONY: fmt
fmt: ## Format the Java code
	$(MVN) -q spotless:apply
