# `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell sed -n 's/^version: //p' helm/warren/Chart.yaml)
KUBERNETES := 1.34.4
# Installs the tools that are missing, and runs a command with them.
PREREQUISITES := $(CURDIR)/.ci/prerequisites
# The programs are packaged where the images are built.
MVN := $(PREREQUISITES) java -- $(CURDIR)/mvnw -B -ntp -Dquarkus.build.skip
DOCS := $(PREREQUISITES) pip -- .ci/docs-tool
TESTBED := $(PREREQUISITES) go -- e2e/cluster/testbed
# Runs test classes of e2e/, whose names follow. Always on the test bed, even if the user works on another cluster.
E2E := CLUSTER=testbed CONTEXT= $(MVN) test -pl e2e -am -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: prerequisites
prerequisites: ## Install the tools that are missing (as root), so that nothing later has to
	@$(PREREQUISITES) java go pip shellcheck

.PHONY: check
check: check-scripts check-workflows check-docs check-chart check-java ## Check all that needs neither root nor the test bed

.PHONY: check-scripts
check-scripts: ## Check the scripts with shellcheck, and test what they decide
	$(PREREQUISITES) shellcheck -- .ci/check-scripts
	.ci/prerequisites-test
	e2e/cluster-choice-test

.PHONY: check-workflows
check-workflows: ## Check the workflows of GitHub
	$(PREREQUISITES) go -- .ci/check-workflows

.PHONY: check-docs
check-docs: docs-site ## Check the links of all Markdown files, to anchors and to files of the repository
	$(DOCS) md_dead_link_check --config .ci/docs-links.toml

.PHONY: check-chart
check-chart: ## Render the chart in each shape, and check what it refuses
	PATH=$$($(TESTBED) path helm):$$PATH helm/check $(KUBERNETES)

.PHONY: check-java
check-java: ## Check the format and run the Java tests, those on a kube-apiserver among them
	api=$$($(TESTBED) api-test-dir) && helm=$$($(TESTBED) path helm)/helm && \
	  KUBE_API_TEST_DIR=$$api KUBE_API_TEST_API_SERVER_VERSION=$(KUBERNETES) HELM=$$helm \
	  $(MVN) --threads 2 test

.PHONY: test
test: ## Run every test that a change must pass
	.ci/test

.PHONY: test-node
test-node: operator ## Run a queue node on the test bed, and the tests that need a real broker
	node-image/queue-node-start-test
	node-image/queue-node-stop-test
	# One module after the other: a test of the operator locks all clients of the broker out. With a folder of its own
	# for Surefire, because other tests may run in the same module.
	e2e/queue-node-test warren.local/queue-node:$(VERSION) \
	  $(MVN) test -pl operator,node-image/gateway -am -Dtest='*IT' -Dsurefire.failIfNoSpecifiedTests=false \
	  -DtempDir=surefire-it

# cert-manager is built for its test alone, for minutes: make test-cert-manager.
TEST := *E2E,!CertManagerE2E

.PHONY: test-e2e
test-e2e: operator ## Run the tests that use the operator as its users do, all or some: make test-e2e [TEST=HelloE2E]
	$(E2E) -Dtest='$(TEST)'
	e2e/await-clean-up

.PHONY: test-cert-manager
test-cert-manager: operator ## Build cert-manager's controllers, and test certificates that they issue
	$(TESTBED) cert-manager
	$(E2E) -Dtest=CertManagerE2E

.PHONY: scan-tls
scan-tls: operator ## Scan every port of a queue node with sslyze: versions, ciphers, known flaws
	e2e/scan-tls

.PHONY: operator
operator: ## Start the test bed with the machines that tests take away, and install the operator there
	$(TESTBED) up 6
	e2e/load-images
	CLUSTER=testbed CONTEXT= e2e/install --set topologySelector='!warren.test/operator'
	$(TESTBED) helm test warren --namespace warren-system

.PHONY: fuzz
fuzz: ## Fuzz what the gateway reads from its clients, half a minute each
	for test in 'FramesFuzzTest#anything' 'FramesFuzzTest#whatIsHeldIsWithinTheBudget' 'HttpFuzzTest#anyPath' \
	    'HttpFuzzTest#anyEvent' 'ConnectionIntakeFuzzTest#anything'; do \
	  JAZZER_FUZZ=1 $(MVN) -q test -pl node-image/gateway -Dtest="$$test" || exit; \
	done

FAULTS := 200
MINUTES := 600
MESSAGES := 1000000
DOWN := 600
CONNECTIONS := 10000
RENEWALS := 3
LENGTH := 60
SEED := $(shell date +%s)

.PHONY: soak
soak: operator ## Many random faults: make soak [FAULTS=200] [MINUTES=...] [SEED=...]
	$(E2E) -Dtest=FaultsSoak -De2e.faults=$(FAULTS) -De2e.minutes=$(MINUTES) -De2e.seed=$(SEED)

.PHONY: soak-publish
soak-publish: operator ## Publish over HTTP while nodes fail: make soak-publish [MESSAGES=1000000]
	$(E2E) -Dtest=PublishThroughFaultsE2E -De2e.messages=$(MESSAGES)

.PHONY: soak-delivery
soak-delivery: operator ## Deliver to a receiver that is down for long: make soak-delivery [DOWN=600]
	$(E2E) -Dtest=HttpDeliveryE2E -De2e.down=$(DOWN)

.PHONY: soak-flood
soak-flood: operator ## Flood a gateway in many ways, a minute each: make soak-flood [CONNECTIONS=10000] [LENGTH=60]
	$(E2E) -Dtest=FloodSoak -De2e.connections=$(CONNECTIONS) -De2e.seconds=$(LENGTH)

.PHONY: soak-certificates
soak-certificates: operator ## Renew certificates again and again, and let them end: make soak-certificates [RENEWALS=3] [SEED=...]
	$(E2E) -Dtest=CertificatesSoak -De2e.renewals=$(RENEWALS) -De2e.seed=$(SEED)

.PHONY: bench-queues
bench-queues: operator ## Measure a pass and a replacement with 100 and 1,000 queues
	$(E2E) -Dtest=ManyQueuesBenchmark

.PHONY: bench-load
bench-load: operator ## Measure how a consumer follows a constant load, a quarter of an hour
	$(E2E) -Dtest=ConstantLoadBenchmark

.PHONY: bench-gateway
bench-gateway: operator ## Measure the gateway beside other ways for the same messages
	$(MVN) -q test-compile -pl node-image/gateway -am
	e2e/bench-gateway $(MVN) -q process-test-classes -pl node-image/gateway -am -Ptest-program \
	  -Dtest-program=dev.warren.gateway.bench.GatewayBenchmark

.PHONY: bench-tls
bench-tls: operator ## Measure what TLS costs a client and three nodes, and how long they take to be ready
	$(MVN) -q test-compile -pl node-image/gateway -am
	e2e/bench-tls $(MVN) -q process-test-classes -pl node-image/gateway -am -Ptest-program \
	  -Dtest-program=dev.warren.gateway.bench.TlsBenchmark

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

.PHONY: images
images: ## Build the images for any cluster: make images [REGISTRY=...] [PUSH=1] [PLATFORMS=linux/amd64,linux/arm64]
	REGISTRY=$(REGISTRY) PUSH=$(PUSH) PLATFORMS=$(PLATFORMS) .ci/build-images

.PHONY: load-images
load-images: cluster ## Build the images from the test bed's bases, where they changed, and load them into it
	e2e/load-images

.PHONY: crds
crds: ## Write the CustomResourceDefinition and docs/api.md from the API's classes
	cd crds && $(MVN) -q test-compile exec:java

.PHONY: conditions
conditions: ## Write docs/conditions.md from the operator's reasons
	$(MVN) -q process-test-classes -pl operator -am -Ptest-program \
	  -Dtest-program=dev.warren.operator.model.ConditionsReference -Dexec.args=$(CURDIR)/docs/conditions.md

.PHONY: docs-site
docs-site: ## Build the site of docs/ into target/site; a warning is an error
	$(DOCS) mkdocs build --strict

.PHONY: fmt
fmt: ## Format the Java code
	$(MVN) -q spotless:apply
