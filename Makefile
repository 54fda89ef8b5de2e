# `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := 0.1.0
KUBERNETES := 1.34.4
TESTBED := e2e/cluster/testbed
IMAGES := e2e/cluster/images

export JAVA_HOME := $(shell .ci/find-jdk)
MVN := mvn -B -ntp

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: check-scripts check-chart check-java ## Check everything that needs neither root nor the test bed

.PHONY: check-scripts
check-scripts:
	.ci/check-scripts

.PHONY: check-chart
check-chart:
	PATH=$$($(TESTBED) path helm):$$PATH helm/check $(KUBERNETES)

.PHONY: check-java
check-java: ## Run the Java tests, the API server's among them
	api=$$($(TESTBED) api-test-dir) && helm=$$($(TESTBED) path helm)/helm && \
	  KUBE_API_TEST_DIR=$$api KUBE_API_TEST_API_SERVER_VERSION=$(KUBERNETES) HELM=$$helm $(MVN) --threads 2 test

.PHONY: test
test: ## Run every test that a change must pass
	.ci/test

.PHONY: test-cluster
test-cluster: installed ## Run the tests on the test bed, of one class with TEST=HelloE2E
	node-image/queue-node-stop-test
	e2e/queue-node-test warren.local/queue-node:$(VERSION) \
	  $(MVN) --threads 3 test -pl operator,node-image/gateway,e2e -am -Dtest='$(or $(TEST),*IT,*E2E)' \
	    -Dsurefire.failIfNoSpecifiedTests=false
	e2e/await-clean-up

.PHONY: installed
installed: ## Start the test bed with the machines that tests take away, and install the operator
	$(TESTBED) up 6
	$(MAKE) images
	KUBECONFIG= e2e/install --set topologySelector='!warren.test/operator'
	$(TESTBED) helm test warren --namespace warren-system

.PHONY: images
images: node-image operator-image gateway-image example-image

.PHONY: fuzz
fuzz: ## Fuzz what the gateway reads from its clients, half a minute each
	for test in 'FramesFuzzTest#anything' 'HttpFuzzTest#anyPath' 'HttpFuzzTest#anyEvent'; do \
	  JAZZER_FUZZ=1 $(MVN) -q test -pl node-image/gateway -Dtest="$$test" || exit; \
	done

FAULTS := 200
MINUTES := 600
MESSAGES := 1000000
DOWN := 600
SEED := $(shell date +%s)

.PHONY: soak
soak: installed ## Many random faults: make soak FAULTS=200 [MINUTES=...] [SEED=...]
	$(MVN) verify -pl e2e -am -Dtest=FaultsSoak -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.faults=$(FAULTS) -De2e.minutes=$(MINUTES) -De2e.seed=$(SEED)

.PHONY: bench-queues
bench-queues: installed ## Measure a pass and a replacement with 100 and 1,000 queues
	$(MVN) verify -pl e2e -am -Dtest=ManyQueuesBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: bench-load
bench-load: installed ## Measure how a consumer follows a constant load, a quarter of an hour
	$(MVN) verify -pl e2e -am -Dtest=ConstantLoadBenchmark -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: soak-publish
soak-publish: installed ## Publish over HTTP while nodes fail: make soak-publish MESSAGES=1000000
	$(MVN) verify -pl e2e -am -Dtest=PublishThroughFaultsE2E -Dsurefire.failIfNoSpecifiedTests=false \
	  -De2e.messages=$(MESSAGES)

.PHONY: soak-delivery
soak-delivery: installed ## Deliver to a receiver that is down for long: make soak-delivery DOWN=600
	$(MVN) verify -pl e2e -am -Dtest=ReceiverDownE2E -Dsurefire.failIfNoSpecifiedTests=false -De2e.down=$(DOWN)

.PHONY: bench-gateway
bench-gateway: installed ## Measure the gateway beside other ways for the same messages
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

.PHONY: node-image
node-image: cluster ## Build the queue node's image and load it into the test bed
	archive=$$($(IMAGES)/containerize node-image node-image/Containerfile \
	  warren.local/queue-node:$(VERSION) --build-arg BASE=warren.local/rabbitmq:4.3.6) && \
	  $(TESTBED) load-image "$$archive"

.PHONY: operator-image
operator-image: cluster ## Build the operator's image and load it into the test bed
	operator/src/main/container/jlink-runtime operator/target/jre
	$(MVN) -q package -pl operator -am -DskipTests
	archive=$$($(IMAGES)/containerize operator operator/src/main/container/Containerfile \
	  warren.local/operator:$(VERSION) --build-arg BASE=warren.local/debian:forky) && \
	  $(TESTBED) load-image "$$archive"

.PHONY: gateway-image
gateway-image: cluster ## Build the gateway's image and load it into the test bed
	operator/src/main/container/jlink-runtime node-image/gateway/target/jre
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
