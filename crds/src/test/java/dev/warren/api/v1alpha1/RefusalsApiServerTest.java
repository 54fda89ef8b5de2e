package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server refuses: each with one message at the right field. */
@Tag("apiserver")
class RefusalsApiServerTest {

  private static final String TYPE_IS_FIXED =
      "cannot be changed, because RabbitMQ fixes it when the queue is declared; set"
          + " immutableChanges: Migrate to recreate the queue (not for streams), or declare a"
          + " queue of another name, move bindings and consumers to it, then remove this one";

  @RegisterExtension static final ApiServer server = new ApiServer();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      no nodes                     | {nodes: {replicas: 0}}                               | spec.nodes.replicas | spec.nodes.replicas in body should be greater than or equal to 1
      sixteen nodes                | {nodes: {replicas: 16}}                              | spec.nodes.replicas | spec.nodes.replicas in body should be less than or equal to 15
      a replacement in no time     | {nodes: {replaceAfter: 9s}}                          | spec.nodes.replaceAfter | must be a duration of at least 10s, such as 60s or 5m, or never
      a move in no time            | {nodes: {spreadAfter: 9s}}                           | spec.nodes.spreadAfter | must be a duration of at least 10s, such as 60s or 5m, or never
      a replacement some day       | {nodes: {replaceAfter: later}}                       | spec.nodes.replaceAfter | must be a duration of at least 10s, such as 60s or 5m, or never
      a negative volume            | {nodes: {storage: {size: -1Gi}}}                     | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      a volume of nothing          | {nodes: {storage: {size: '0'}}}                      | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      a volume without a unit      | {nodes: {storage: {size: '10'}}}                     | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      a volume of 500 millibytes   | {nodes: {storage: {size: 500m}}}                     | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      a volume in words            | {nodes: {storage: {size: ten}}}                      | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      an empty volume size         | {nodes: {storage: {size: ''}}}                       | spec.nodes.storage.size | must be a size in bytes of at least 100Mi, such as 10Gi
      an unknown fate of volumes   | {nodes: {storage: {onDelete: Keep}}}                 | spec.nodes.storage.onDelete | Unsupported value: "Keep": supported values: "Delete", "Retain"
      memory in words              | {nodes: {resources: {limits: {memory: lots}}}}       | spec.nodes.resources.limits[memory] | must be a quantity, such as 500m, 2, 768Mi or 1Gi, and not 768MB
      memory in megabytes          | {nodes: {resources: {limits: {memory: 768MB}}}}      | spec.nodes.resources.limits[memory] | must be a quantity, such as 500m, 2, 768Mi or 1Gi, and not 768MB
      a plugin with a dash         | {nodes: {plugins: [rabbitmq-shovel]}}                | spec.nodes.plugins[0] | spec.nodes.plugins[0] in body should match '^[a-z][a-z0-9_]*$'

      two queues of one name       | {queues: [{name: a}, {name: b}, {name: a}]}          | spec.queues[2] | Duplicate value: {"name":"a"}
      a queue without a name       | {queues: [{type: quorum}]}                           | spec.queues[0].name | Required value
      an empty queue name          | {queues: [{name: ''}]}                               | spec.queues[0].name | spec.queues[0].name in body should be at least 1 chars long
      a reserved queue name        | {queues: [{name: amq.orders}]}                       | spec.queues[0].name | must not begin with 'amq.', which is reserved for RabbitMQ
      the name of a shelter        | {queues: [{name: warren.shelter.a}]}                 | spec.queues[0].name | must not begin with 'warren.shelter.', which is reserved for queues of migrations
      a queue name of two lines    | {queues: [{name: "a\\nb"}]}                          | spec.queues[0].name | must not contain a line break or the character 0, and must not be '.' or '..'
      a queue name of a NUL        | {queues: [{name: "a\\0"}]}                           | spec.queues[0].name | must not contain a line break or the character 0, and must not be '.' or '..'
      a queue name that is a step  | {queues: [{name: '..'}]}                             | spec.queues[0].name | must not contain a line break or the character 0, and must not be '.' or '..'
      an unknown queue type        | {queues: [{name: a, type: lazy}]}                    | spec.queues[0].type | Unsupported value: "lazy": supported values: "classic", "quorum", "stream"
      an unknown fate of a queue   | {queues: [{name: a, onDelete: Keep}]}                | spec.queues[0].onDelete | Unsupported value: "Keep": supported values: "Delete", "DeleteIfEmpty", "Retain"
      members of a classic queue   | {queues: [{name: a, type: classic, members: 3}]}     | spec.queues[0].members | is for quorum queues and streams only; a classic queue is on one node
      no members                   | {queues: [{name: a, members: 0}]}                    | spec.queues[0].members | spec.queues[0].members in body should be greater than or equal to 1
      a limit of a classic queue   | {queues: [{name: a, type: classic, deliveryLimit: 3}]} | spec.queues[0].deliveryLimit | is for quorum queues only
      a limit of a stream          | {queues: [{name: a, type: stream, deliveryLimit: 3}]} | spec.queues[0].deliveryLimit | is for quorum queues only
      an age of a quorum queue     | {queues: [{name: a, maxAge: 1h}]}                    | spec.queues[0].maxAge | is for streams only; use messageTTL for other queues
      an age of a classic queue    | {queues: [{name: a, type: classic, maxAge: 1h}]}     | spec.queues[0].maxAge | is for streams only; use messageTTL for other queues
      a TTL of a stream            | {queues: [{name: a, type: stream, messageTTL: 1h}]}  | spec.queues[0].messageTTL | is not for streams; use maxAge
      a length of a stream         | {queues: [{name: a, type: stream, maxLength: 1}]}    | spec.queues[0].maxLength | is not for streams; use maxLengthBytes
      the overflow of a stream     | {queues: [{name: a, type: stream, overflow: drop-head}]} | spec.queues[0].overflow | is not for streams, which always drop the oldest messages
      dead letters of a stream     | {queues: [{name: a, type: stream, deadLetter: {queue: b}}]} | spec.queues[0].deadLetter | is not for streams, which keep messages when they are consumed
      one consumer of a stream     | {queues: [{name: a, type: stream, singleActiveConsumer: true}]} | spec.queues[0].singleActiveConsumer | is not for streams; their clients ask for it when they subscribe
      a queue for no message       | {queues: [{name: a, maxLength: 0}]}                  | spec.queues[0].maxLength | spec.queues[0].maxLength in body should be greater than or equal to 1
      more messages than a long    | {queues: [{name: a, maxLength: 10000000000000000000}]} | spec.queues[0].maxLength | spec.queues[0].maxLength in body must be of type integer: "number"
      a queue of no bytes          | {queues: [{name: a, maxLengthBytes: 0Gi}]}           | spec.queues[0].maxLengthBytes | must be a size in bytes of at least 1, such as 10Gi or 500Mi
      bytes by exponent            | {queues: [{name: a, maxLengthBytes: 5e9999999999999}]} | spec.queues[0].maxLengthBytes | must be a size in bytes of at least 1, such as 10Gi or 500Mi
      an unknown overflow          | {queues: [{name: a, overflow: block}]}               | spec.queues[0].overflow | Unsupported value: "block": supported values: "drop-head", "reject-publish"
      a negative delivery limit    | {queues: [{name: a, deliveryLimit: -1}]}             | spec.queues[0].deliveryLimit | spec.queues[0].deliveryLimit in body should be greater than or equal to 0
      dead letters to nowhere      | {queues: [{name: a, deadLetter: {}}]}                | spec.queues[0].deadLetter | exactly one of queue and exchange must be set
      dead letters to two places   | {queues: [{name: a, deadLetter: {queue: b, exchange: c}}]} | spec.queues[0].deadLetter | exactly one of queue and exchange must be set
      a routing key to a queue     | {queues: [{name: a, deadLetter: {queue: b, routingKey: c}}]} | spec.queues[0].deadLetter | routingKey can be set only together with exchange
      arguments that are a list    | {queues: [{name: a, arguments: []}]}                 | spec.queues[0].arguments | spec.queues[0].arguments in body must be of type object: "array"

      two exchanges of one name    | {exchanges: [{name: a}, {name: a, type: topic}]}     | spec.exchanges[1] | Duplicate value: {"name":"a"}
      an empty exchange name       | {exchanges: [{name: ''}]}                            | spec.exchanges[0].name | spec.exchanges[0].name in body should be at least 1 chars long
      a reserved exchange name     | {exchanges: [{name: amq.topic}]}                     | spec.exchanges[0].name | must not begin with 'amq.', which is reserved for RabbitMQ
      an exchange name of a return | {exchanges: [{name: "a\\r"}]}                        | spec.exchanges[0].name | must not contain a line break or the character 0, and must not be '.' or '..'
      an unknown exchange type     | {exchanges: [{name: a, type: queue}]}                | spec.exchanges[0].type | must be direct, fanout, topic or headers, or the name of a plugin's type, such as x-consistent-hash

      a binding of no exchange     | {bindings: [{queue: a, routingKey: ''}]}             | spec.bindings[0].exchange | Required value
      a binding to no queue        | {bindings: [{exchange: a, routingKey: ''}]}          | spec.bindings[0].queue | Required value
      a binding of the default     | {bindings: [{exchange: '', queue: a, routingKey: ''}]} | spec.bindings[0].exchange | spec.bindings[0].exchange in body should be at least 1 chars long
      a binding without a key      | {bindings: [{exchange: a, queue: b}]}                | spec.bindings[0].routingKey | Required value
      the same binding twice       | {bindings: [{exchange: a, queue: b, routingKey: c}, {exchange: a, queue: b, routingKey: c, arguments: {d: 1}}]} | spec.bindings[1] | Duplicate value: {"exchange":"a","queue":"b","routingKey":"c"}

      two consumers of one name    | {consumers: [{name: a, queue: a, template: {}}, {name: a, queue: b, template: {}}]} | spec.consumers[1] | Duplicate value: {"name":"a"}
      a consumer of no queue       | {consumers: [{name: a, template: {}}]}               | spec.consumers[0].queue | Required value
      a consumer that does nothing | {consumers: [{name: a, queue: a}]}                   | spec.consumers[0] | exactly one of template and http must be set
      a consumer of two kinds      | {consumers: [{name: a, queue: a, template: {}, http: {url: http://b}}]} | spec.consumers[0] | exactly one of template and http must be set
      a consumer with an empty name | {consumers: [{name: '', queue: a, template: {}}]}   | spec.consumers[0].name | must be lower case letters, digits and '-', beginning and ending with a letter or digit
      a consumer in capitals       | {consumers: [{name: A, queue: a, template: {}}]}     | spec.consumers[0].name | must be lower case letters, digits and '-', beginning and ending with a letter or digit
      a consumer name of 41        | {consumers: [{name: a2345678901234567890123456789012345678901, queue: a, template: {}}]} | spec.consumers[0].name | Too long: may not be more than 40 bytes
      a prefetch of nothing        | {consumers: [{name: a, queue: a, template: {}, prefetch: 0}]} | spec.consumers[0].prefetch | spec.consumers[0].prefetch in body should be greater than or equal to 1
      a prefetch of too much       | {consumers: [{name: a, queue: a, template: {}, prefetch: 65536}]} | spec.consumers[0].prefetch | spec.consumers[0].prefetch in body should be less than or equal to 65535
      a prefetch of deliveries     | {consumers: [{name: a, queue: a, http: {url: http://b}, prefetch: 20}]} | spec.consumers[0].prefetch | has no effect with http; set http.concurrency instead
      replicas beside scaling      | {consumers: [{name: a, queue: a, template: {}, replicas: 3, scaling: {}}]} | spec.consumers[0].replicas | has no effect with scaling; set scaling.minReplicas and scaling.maxReplicas instead
      fewer than no replicas       | {consumers: [{name: a, queue: a, template: {}, replicas: -1}]} | spec.consumers[0].replicas | spec.consumers[0].replicas in body should be greater than or equal to 0

      more at the least than at the most | {consumers: [{name: a, queue: a, template: {}, scaling: {minReplicas: 3, maxReplicas: 2}}]} | spec.consumers[0].scaling | minReplicas must not be greater than maxReplicas
      more at the least than the default | {consumers: [{name: a, queue: a, template: {}, scaling: {minReplicas: 11}}]} | spec.consumers[0].scaling | minReplicas must not be greater than maxReplicas
      fewer than none at the least | {consumers: [{name: a, queue: a, template: {}, scaling: {minReplicas: -1}}]} | spec.consumers[0].scaling.minReplicas | spec.consumers[0].scaling.minReplicas in body should be greater than or equal to 0
      none at the most             | {consumers: [{name: a, queue: a, template: {}, scaling: {maxReplicas: 0}}]} | spec.consumers[0].scaling.maxReplicas | spec.consumers[0].scaling.maxReplicas in body should be greater than or equal to 1
      too many at the most         | {consumers: [{name: a, queue: a, template: {}, scaling: {maxReplicas: 1001}}]} | spec.consumers[0].scaling.maxReplicas | spec.consumers[0].scaling.maxReplicas in body should be less than or equal to 1000
      draining in no time          | {consumers: [{name: a, queue: a, template: {}, scaling: {drainWithin: 999ms}}]} | spec.consumers[0].scaling.drainWithin | must be a duration from 1s to 24h, such as 60s or 5m
      draining in more than a day  | {consumers: [{name: a, queue: a, template: {}, scaling: {drainWithin: 24h1s}}]} | spec.consumers[0].scaling.drainWithin | must be a duration from 1s to 24h, such as 60s or 5m
      a wait in words              | {consumers: [{name: a, queue: a, template: {}, scaling: {maxWait: long}}]} | spec.consumers[0].scaling.maxWait | must be a duration of at most 24h, such as 10s
      a wait of two days           | {consumers: [{name: a, queue: a, template: {}, scaling: {maxWait: 2d}}]} | spec.consumers[0].scaling.maxWait | must be a duration of at most 24h, such as 10s
      a cooldown of two days       | {consumers: [{name: a, queue: a, template: {}, scaling: {cooldown: 2d}}]} | spec.consumers[0].scaling.cooldown | must be a duration of at most 24h, such as 10s
      a window of two days         | {consumers: [{name: a, queue: a, template: {}, scaling: {scaleInWindow: 2d}}]} | spec.consumers[0].scaling.scaleInWindow | must be a duration of at most 24h, such as 10s
      hardly any use               | {consumers: [{name: a, queue: a, template: {}, scaling: {targetUtilization: 9}}]} | spec.consumers[0].scaling.targetUtilization | spec.consumers[0].scaling.targetUtilization in body should be greater than or equal to 10
      more use than there is       | {consumers: [{name: a, queue: a, template: {}, scaling: {targetUtilization: 101}}]} | spec.consumers[0].scaling.targetUtilization | spec.consumers[0].scaling.targetUtilization in body should be less than or equal to 100
      a rate of nothing            | {consumers: [{name: a, queue: a, template: {}, scaling: {initialRate: 0}}]} | spec.consumers[0].scaling.initialRate | must be a number from 0.001 to 1000000
      a rate beyond all            | {consumers: [{name: a, queue: a, template: {}, scaling: {initialRate: 1000001}}]} | spec.consumers[0].scaling.initialRate | must be a number from 0.001 to 1000000
      no step in                   | {consumers: [{name: a, queue: a, template: {}, scaling: {maxScaleInPercent: 0}}]} | spec.consumers[0].scaling.maxScaleInPercent | spec.consumers[0].scaling.maxScaleInPercent in body should be greater than or equal to 1
      a step beyond all            | {consumers: [{name: a, queue: a, template: {}, scaling: {maxScaleInPercent: 101}}]} | spec.consumers[0].scaling.maxScaleInPercent | spec.consumers[0].scaling.maxScaleInPercent in body should be less than or equal to 100

      a delivery to nowhere        | {consumers: [{name: a, queue: a, http: {}}]}         | spec.consumers[0].http.url | Required value
      authorities without TLS      | {consumers: [{name: a, queue: a, http: {url: http://b, caSecret: c}}]} | spec.consumers[0].http.caSecret | has no effect, because url is not an https URL
      a certificate without TLS    | {consumers: [{name: a, queue: a, http: {url: http://b, clientCertificateSecret: c}}]} | spec.consumers[0].http.clientCertificateSecret | has no effect, because url is not an https URL
      authorities in no Secret     | {consumers: [{name: a, queue: a, http: {url: https://b, caSecret: C}}]} | spec.consumers[0].http.caSecret | must be the name of a Secret: lower case letters, digits, '-' and '.', beginning and ending with a letter or digit
      a certificate in no Secret   | {consumers: [{name: a, queue: a, http: {url: https://b, clientCertificateSecret: ''}}]} | spec.consumers[0].http.clientCertificateSecret | must be the name of a Secret: lower case letters, digits, '-' and '.', beginning and ending with a letter or digit
      an unknown method            | {consumers: [{name: a, queue: a, http: {url: http://b, method: DELETE}}]} | spec.consumers[0].http.method | Unsupported value: "DELETE": supported values: "GET", "PATCH", "POST", "PUT"
      an unknown content mode      | {consumers: [{name: a, queue: a, http: {url: http://b, contentMode: Batched}}]} | spec.consumers[0].http.contentMode | Unsupported value: "Batched": supported values: "Binary", "Structured"
      no request at a time         | {consumers: [{name: a, queue: a, http: {url: http://b, concurrency: 0}}]} | spec.consumers[0].http.concurrency | spec.consumers[0].http.concurrency in body should be greater than or equal to 1
      too many requests at a time  | {consumers: [{name: a, queue: a, http: {url: http://b, concurrency: 1001}}]} | spec.consumers[0].http.concurrency | spec.consumers[0].http.concurrency in body should be less than or equal to 1000
      an answer in no time         | {consumers: [{name: a, queue: a, http: {url: http://b, timeout: 0s}}]} | spec.consumers[0].http.timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      an answer much later         | {consumers: [{name: a, queue: a, http: {url: http://b, timeout: 601s}}]} | spec.consumers[0].http.timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      no attempt                   | {consumers: [{name: a, queue: a, http: {url: http://b, retry: {maxAttempts: 0}}}]} | spec.consumers[0].http.retry.maxAttempts | spec.consumers[0].http.retry.maxAttempts in body should be greater than or equal to 1
      too many attempts            | {consumers: [{name: a, queue: a, http: {url: http://b, retry: {maxAttempts: 1001}}}]} | spec.consumers[0].http.retry.maxAttempts | spec.consumers[0].http.retry.maxAttempts in body should be less than or equal to 1000
      a first pause too long       | {consumers: [{name: a, queue: a, http: {url: http://b, retry: {initialDelay: 3601s}}}]} | spec.consumers[0].http.retry.initialDelay | must be a duration above 0s and of at most 1h, such as 500ms, 1s or 5m
      no first pause               | {consumers: [{name: a, queue: a, http: {url: http://b, retry: {initialDelay: 0s}}}]} | spec.consumers[0].http.retry.initialDelay | must be a duration above 0s and of at most 1h, such as 500ms, 1s or 5m
      a pause too long             | {consumers: [{name: a, queue: a, http: {url: http://b, retry: {maxDelay: 2h}}}]} | spec.consumers[0].http.retry.maxDelay | must be a duration of at most 1h, such as 500ms, 1s or 5m

      an unknown type of Service   | {endpoints: {service: {type: ExternalName}}}         | spec.endpoints.service.type | Unsupported value: "ExternalName": supported values: "ClusterIP", "LoadBalancer", "NodePort"
      an annotation of the operator's | {endpoints: {service: {annotations: {warren.dev/revision: a}}}} | spec.endpoints.service.annotations | must have keys as Kubernetes' annotations have them, which do not begin with 'warren.dev/'
      an annotation of two words   | {endpoints: {service: {annotations: {two words: a}}}} | spec.endpoints.service.annotations | must have keys as Kubernetes' annotations have them, which do not begin with 'warren.dev/'
      a label of the operator's    | {endpoints: {service: {labels: {app.kubernetes.io/name: a}}}} | spec.endpoints.service.labels | must have keys as Kubernetes' labels have them, which do not begin with 'warren.dev/' or 'app.kubernetes.io/'
      a label of two words         | {endpoints: {service: {labels: {a: two words}}}}     | spec.endpoints.service.labels.a | spec.endpoints.service.labels.a in body should match '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'
      clients of an unknown kind   | {tls: {clients: Both}}                               | spec.tls.clients | Unsupported value: "Both": supported values: "Mutual", "Optional", "Required"
      mutual TLS without a CA      | {tls: {clients: Mutual}}                             | spec.tls.clientCASecret | must be set exactly if clients is Mutual
      a CA without mutual TLS      | {tls: {clientCASecret: a}}                           | spec.tls.clientCASecret | must be set exactly if clients is Mutual
      two doors                    | {tls: {secretName: a, issuerRef: {name: b}}}         | spec.tls.issuerRef | cannot be set together with secretName
      an issuer without a name     | {tls: {issuerRef: {}}}                               | spec.tls.issuerRef.name | Required value
      a certificate for a minute   | {tls: {certificateDuration: 1m59s}}                  | spec.tls.certificateDuration | must be a duration from 2m to 365d, such as 90d
      a certificate for ever       | {tls: {certificateDuration: 366d}}                   | spec.tls.certificateDuration | must be a duration from 2m to 365d, such as 90d
      a CA for a minute            | {tls: {authorityDuration: 1m}}                       | spec.tls.authorityDuration | must be a duration from 6m to 3650d, such as 1825d
      a label of all of the operator's | {objectMetadata: {labels: {app.kubernetes.io/instance: a}}} | spec.objectMetadata.labels | must have keys as Kubernetes' labels have them, which do not begin with 'warren.dev/' or 'app.kubernetes.io/'
      an annotation of all of the operator's | {objectMetadata: {annotations: {warren.dev/joined: a}}} | spec.objectMetadata.annotations | must have keys as Kubernetes' annotations have them, which do not begin with 'warren.dev/'
      a label of the operator's claims | {nodes: {storage: {labels: {warren.dev/retired: a}}}} | spec.nodes.storage.labels | must have keys as Kubernetes' labels have them, which do not begin with 'warren.dev/' or 'app.kubernetes.io/'
      an annotation of the operator's claims | {nodes: {storage: {annotations: {warren.dev/joined: a}}}} | spec.nodes.storage.annotations | must have keys as Kubernetes' annotations have them, which do not begin with 'warren.dev/'
      a node port within the cluster | {endpoints: {service: {nodePorts: {amqp: 31672}}}} | spec.endpoints.service.nodePorts | is for types NodePort and LoadBalancer only
      a node port that is none     | {endpoints: {service: {type: NodePort, nodePorts: {amqp: 0}}}} | spec.endpoints.service.nodePorts.amqp | spec.endpoints.service.nodePorts.amqp in body should be greater than or equal to 1
      two ports at one node port   | {endpoints: {service: {type: NodePort, nodePorts: {amqp: 31672, management: 31672}}}} | spec.endpoints.service.nodePorts | ports must have different node ports
      a traffic policy within      | {endpoints: {service: {externalTrafficPolicy: Local}}} | spec.endpoints.service.externalTrafficPolicy | is for types NodePort and LoadBalancer only
      an unknown traffic policy    | {endpoints: {service: {type: NodePort, externalTrafficPolicy: Near}}} | spec.endpoints.service.externalTrafficPolicy | Unsupported value: "Near": supported values: "Cluster", "Local"
      a class of no load balancer  | {endpoints: {service: {type: NodePort, loadBalancerClass: a/b}}} | spec.endpoints.service.loadBalancerClass | is for type LoadBalancer only
      ranges of no load balancer   | {endpoints: {service: {type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8]}}} | spec.endpoints.service.loadBalancerSourceRanges | is for type LoadBalancer only
      a range of one address       | {endpoints: {service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1]}}} | spec.endpoints.service.loadBalancerSourceRanges[0] | `spec.endpoints.service.loadBalancerSourceRanges[0] in body should match '^([0-9]{1,3}([.][0-9]{1,3}){3}/[0-9]{1,2}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/[0-9]{1,3})$'`
      two families of one stack    | {endpoints: {service: {ipFamilies: [IPv4, IPv6]}}}   | spec.endpoints.service.ipFamilies | two families need ipFamilyPolicy PreferDualStack or RequireDualStack
      one family twice             | {endpoints: {service: {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv6, IPv6]}}} | spec.endpoints.service.ipFamilies | must be different
      an unknown family            | {endpoints: {service: {ipFamilies: [IPv5]}}}         | spec.endpoints.service.ipFamilies[0] | Unsupported value: "IPv5": supported values: "IPv4", "IPv6"
      a request of no name         | {endpoints: {requestReply: [{port: 10000, queue: a}]}} | spec.endpoints.requestReply[0].name | Required value
      a request in capitals        | {endpoints: {requestReply: [{name: A, port: 10000, queue: a}]}} | spec.endpoints.requestReply[0].name | must be lower case letters, digits and '-', beginning and ending with a letter or digit
      a request name of 41         | {endpoints: {requestReply: [{name: a2345678901234567890123456789012345678901, port: 10000, queue: a}]}} | spec.endpoints.requestReply[0].name | Too long: may not be more than 40 bytes
      two requests of one name     | {endpoints: {requestReply: [{name: a, port: 10000, queue: a}, {name: a, port: 10001, queue: a}]}} | spec.endpoints.requestReply[1] | Duplicate value: {"name":"a"}
      two requests of one port     | {endpoints: {requestReply: [{name: a, port: 10000, queue: a}, {name: b, port: 10000, queue: a}]}} | spec.endpoints.requestReply | endpoints must have different ports
      publishing at a request's port | {endpoints: {requestReply: [{name: a, port: 8080, queue: a}], publish: {}}} | spec.endpoints.publish | publish.port must differ from the ports of requestReply
      a request without a port     | {endpoints: {requestReply: [{name: a, queue: a}]}}   | spec.endpoints.requestReply[0].port | Required value
      a request without a queue    | {endpoints: {requestReply: [{name: a, port: 10000}]}} | spec.endpoints.requestReply[0].queue | Required value
      a privileged port            | {endpoints: {requestReply: [{name: a, port: 1023, queue: a}]}} | spec.endpoints.requestReply[0].port | spec.endpoints.requestReply[0].port in body should be greater than or equal to 1024
      a port that does not exist   | {endpoints: {requestReply: [{name: a, port: 65536, queue: a}]}} | spec.endpoints.requestReply[0].port | spec.endpoints.requestReply[0].port in body should be less than or equal to 65535
      a port of the nodes          | {endpoints: {requestReply: [{name: a, port: 5672, queue: a}]}} | spec.endpoints.requestReply[0].port | must not be 4369, 5671, 5672, 9090, 15671, 15672, 15691, 15692 or 25672, which the queue nodes use themselves
      an unknown framing           | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, framing: Json}]}} | spec.endpoints.requestReply[0].framing | Unsupported value: "Json": supported values: "LengthPrefixed", "Line", "Raw"
      a reply in no time           | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, timeout: 0ms}]}} | spec.endpoints.requestReply[0].timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      a reply much later           | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, timeout: 11m}]}} | spec.endpoints.requestReply[0].timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      an empty request             | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxMessageSize: '0'}]}} | spec.endpoints.requestReply[0].maxMessageSize | must be a size in bytes from 1 to 16Mi, such as 64Ki
      a request too large          | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxMessageSize: 17Mi}]}} | spec.endpoints.requestReply[0].maxMessageSize | must be a size in bytes from 1 to 16Mi, such as 64Ki
      no connection                | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxConnections: 0}]}} | spec.endpoints.requestReply[0].maxConnections | spec.endpoints.requestReply[0].maxConnections in body should be greater than or equal to 1
      too many connections         | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxConnections: 3001}]}} | spec.endpoints.requestReply[0].maxConnections | spec.endpoints.requestReply[0].maxConnections in body should be less than or equal to 3000
      no request in flight         | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxInFlight: 0}]}} | spec.endpoints.requestReply[0].maxInFlight | spec.endpoints.requestReply[0].maxInFlight in body should be greater than or equal to 1
      too many requests in flight  | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, maxInFlight: 10001}]}} | spec.endpoints.requestReply[0].maxInFlight | spec.endpoints.requestReply[0].maxInFlight in body should be less than or equal to 10000
      a connection never idle      | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, idleTimeout: 999ms}]}} | spec.endpoints.requestReply[0].idleTimeout | must be a duration from 1s to 1d, such as 60s or 5m
      a connection idle for ever   | {endpoints: {requestReply: [{name: a, port: 10000, queue: a, idleTimeout: 86401s}]}} | spec.endpoints.requestReply[0].idleTimeout | must be a duration from 1s to 1d, such as 60s or 5m
      publishing at a low port     | {endpoints: {publish: {port: 80}}}                   | spec.endpoints.publish.port | spec.endpoints.publish.port in body should be greater than or equal to 1024
      publishing at no port        | {endpoints: {publish: {port: 65536}}}                | spec.endpoints.publish.port | spec.endpoints.publish.port in body should be less than or equal to 65535
      publishing at a node's port  | {endpoints: {publish: {port: 9090}}}                 | spec.endpoints.publish.port | must not be 4369, 5671, 5672, 9090, 15671, 15672, 15691, 15692 or 25672, which the queue nodes use themselves
      publishing in no time        | {endpoints: {publish: {timeout: 0s}}}                | spec.endpoints.publish.timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      publishing much later        | {endpoints: {publish: {timeout: 1h}}}                | spec.endpoints.publish.timeout | must be a duration above 0s and of at most 10m, such as 500ms or 5s
      a message of no size         | {endpoints: {publish: {maxMessageSize: large}}}      | spec.endpoints.publish.maxMessageSize | must be a size in bytes from 1 to 16Mi, such as 64Ki
      a message too large          | {endpoints: {publish: {maxMessageSize: 16777217}}}   | spec.endpoints.publish.maxMessageSize | spec.endpoints.publish.maxMessageSize in body must be of type string: "integer"
      a message a byte too large   | {endpoints: {publish: {maxMessageSize: '16777217'}}} | spec.endpoints.publish.maxMessageSize | must be a size in bytes from 1 to 16Mi, such as 64Ki
      no message in flight         | {endpoints: {publish: {maxInFlight: 0}}}             | spec.endpoints.publish.maxInFlight | spec.endpoints.publish.maxInFlight in body should be greater than or equal to 1
      too many messages in flight  | {endpoints: {publish: {maxInFlight: 10001}}}         | spec.endpoints.publish.maxInFlight | spec.endpoints.publish.maxInFlight in body should be less than or equal to 10000
      a publisher's many connections | {endpoints: {publish: {maxConnections: 2001}}}       | spec.endpoints.publish.maxConnections | spec.endpoints.publish.maxConnections in body should be less than or equal to 2000
      a client of no connection    | {endpoints: {publish: {maxConnectionsPerClient: 0}}} | spec.endpoints.publish.maxConnectionsPerClient | spec.endpoints.publish.maxConnectionsPerClient in body should be greater than or equal to 1
      a publisher never idle       | {endpoints: {publish: {idleTimeout: 999ms}}}         | spec.endpoints.publish.idleTimeout | must be a duration from 1s to 1d, such as 60s or 5m
      TLS by no Secret             | {endpoints: {publish: {tls: {secretName: A}}}} | spec.endpoints.publish.tls.secretName | must be the name of a Secret: lower case letters, digits, '-' and '.', beginning and ending with a letter or digit
      an origin with a path        | {endpoints: {publish: {allowedOrigins: ['https://a.example/b']}}} | spec.endpoints.publish.allowedOrigins | must be origins such as https://shop.example.com, or '*' alone
      all origins and one          | {endpoints: {publish: {allowedOrigins: ['*', 'https://a.example']}}} | spec.endpoints.publish.allowedOrigins | must be origins such as https://shop.example.com, or '*' alone

      a spec of nothing            | null                                                 | spec | Required value
      a queue of nothing           | {queues: [null]}                                     | spec.queues[0] | spec.queues[0] in body must be of type object: "null"
      """)
  void isRefused(String what, String spec, String place, String message) {
    assertRefused(() -> server.accept(server.topology("orders", spec)), place, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1x",
        "-5s",
        "5",
        "d",
        "1.5h",
        "30m1h",
        "1d2d",
        "1 h",
        "never",
        "50d",
        "49d1s",
        "4233601s",
        "1176h1s",
        "9999d99999h999s",
        "10000d"
      })
  void aMessageTtlThatIsNotADurationOrTooLongIsRefused(String text) {
    assertRefused(
        () ->
            server.accept(
                server.topology(
                    "orders", "{queues: [{name: a, messageTTL: '%s'}]}".formatted(text))),
        "spec.queues[0].messageTTL",
        "must be a duration of at most 49d, such as 500ms, 30s, 1h30m or 7d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1x", "-5s", "0s", "0d", "500ms", "1h500ms", "10000d"})
  void aMaxAgeThatIsNotADurationOfSecondsIsRefused(String text) {
    assertRefused(
        () ->
            server.accept(
                server.topology(
                    "orders", "{queues: [{name: a, type: stream, maxAge: '%s'}]}".formatted(text))),
        "spec.queues[0].maxAge",
        "must be a duration in whole seconds from 1s to 9999d, such as 30s, 1h30m or 7d");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      queues    | {queues: [{name: '%s'}]}                                                    | spec.queues[0].name
      exchanges | {exchanges: [{name: '%s'}]}                                                 | spec.exchanges[0].name
      bindings  | {bindings: [{exchange: a, queue: b, routingKey: '%s'}]}                     | spec.bindings[0].routingKey
      letters   | {queues: [{name: a, deadLetter: {exchange: b, routingKey: '%s'}}]}          | spec.queues[0].deadLetter.routingKey
      """)
  void aNameOrKeyOfMoreThan255BytesIsRefused(String what, String spec, String place) {
    assertRefused(
        () -> server.accept(server.topology("orders", spec.formatted("é".repeat(128)))),
        place,
        "must be at most 255 bytes in UTF-8");
    assertRefused(
        () -> server.accept(server.topology("orders", spec.formatted("x".repeat(256)))),
        place,
        "Too long: may not be more than 255 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a23456789-123456789-123456789-123456789-123456789-123456789-1234",
        "1orders",
        "orders.eu"
      })
  void aTopologyWhoseNameIsNotADnsLabelIsRefused(String name) {
    assertRefused(
        () -> server.accept(server.topology(name, "{}")),
        "metadata.name",
        "must be at most 63 characters: lower case letters, digits and '-', beginning with a letter"
            + " and ending with a letter or digit");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "queues, '{name: a%d}', 1000",
    "exchanges, '{name: a%d}', 1000",
    "bindings, '{exchange: a, queue: a%d, routingKey: a}', 5000",
    "consumers, '{name: a%d, queue: a, template: {}}', 200"
  })
  void oneMoreThanTheMaximumIsRefused(String list, String item, int most) {
    String items =
        IntStream.rangeClosed(0, most)
            .mapToObj(number -> item.formatted(number))
            .collect(Collectors.joining(", "));
    assertRefused(
        () -> server.accept(server.topology("orders", "{%s: [%s]}".formatted(list, items))),
        "spec." + list,
        "Too many: %d: must have at most %d items".formatted(most + 1, most));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      quorum to classic         | {queues: [{name: b}, {name: a}]}                 | {queues: [{name: a, type: classic}]}              | spec.queues[0].type
      classic to the default    | {queues: [{name: a, type: classic}]}             | {queues: [{name: a}]}                             | spec.queues[0].type
      quorum to stream          | {queues: [{name: a}]}                            | {queues: [{name: c}, {name: a, type: stream}]}    | spec.queues[1].type
      to one active consumer    | {queues: [{name: a}]}                            | {queues: [{name: a, singleActiveConsumer: true}]} | spec.queues[0].singleActiveConsumer
      quorum to stream, willing | {queues: [{name: a}]}                            | {queues: [{name: a, type: stream, immutableChanges: Migrate}]} | spec.queues[0].type
      stream to quorum, willing | {queues: [{name: a, type: stream}]}              | {queues: [{name: a, immutableChanges: Migrate}]}  | spec.queues[0].type
      from one active consumer  | {queues: [{name: a, singleActiveConsumer: true}]} | {queues: [{name: a}]}                            | spec.queues[0].singleActiveConsumer
      """)
  void aChangeOfAnImmutableQueueFieldIsRefused(
      String what, String before, String after, String place) {
    assertChangeRefused(before, after, place, TYPE_IS_FIXED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"type: classic", "singleActiveConsumer: true"})
  void aQueueWithMigrateCanChange(String change) {
    GenericKubernetesResource stored =
        server.create(server.topology("changed", "{queues: [{name: a}]}"));
    try {
      server.replace(
          stored,
          server.topology(
              "changed", "{queues: [{name: a, %s, immutableChanges: Migrate}]}".formatted(change)));
    } finally {
      server.client().resource(stored).delete();
    }
  }

  @Test
  void aNameTooLongForItsShelterCannotMigrate() {
    String spec = "{queues: [{name: '%s', immutableChanges: Migrate}]}";
    assertThat(server.accept(server.topology("orders", spec.formatted("é".repeat(120)))))
        .isNotNull();
    assertRefused(
        () -> server.accept(server.topology("orders", spec.formatted("é".repeat(120) + "e"))),
        "spec.queues[0].immutableChanges",
        "cannot be Migrate for a name of more than 240 bytes, because a migration moves the"
            + " messages to a queue named 'warren.shelter.<name>'");
  }

  @ParameterizedTest
  @CsvSource({"10Gi, 9Gi", "1Gi, 1G", "1.5Gi, 1535Mi"})
  void aSmallerVolumeIsRefused(String before, String after) {
    assertChangeRefused(
        "{nodes: {storage: {size: %s}}}".formatted(before),
        "{nodes: {storage: {size: %s}}}".formatted(after),
        "spec.nodes.storage.size",
        "must not become smaller, because volumes cannot shrink");
  }

  @ParameterizedTest
  @CsvSource({"1Gi, 1Ti", "1G, 1Gi", "1Gi, 1024Mi"})
  void aLargerOrEqualVolumeIsAccepted(String before, String after) {
    GenericKubernetesResource stored =
        server.create(server.topology("grown", "{nodes: {storage: {size: %s}}}".formatted(before)));
    try {
      assertThat(
              server.replace(
                  stored,
                  server.topology("grown", "{nodes: {storage: {size: %s}}}".formatted(after))))
          .isNotNull();
    } finally {
      server.client().resource(stored).delete();
    }
  }

  @Test
  void aChangeOfAnExchangesTypeIsRefused() {
    assertChangeRefused(
        "{exchanges: [{name: a, type: topic}]}",
        "{exchanges: [{name: a, type: fanout}]}",
        "spec.exchanges[0].type",
        "cannot be changed, because RabbitMQ fixes it when the exchange is declared; declare an"
            + " exchange of another name, move the bindings to it, then remove this one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{node: {}}",
        "{nodes: {replica: 3}}",
        "{nodes: {storage: {class: fast}}}",
        "{queues: [{name: a, durable: true}]}",
        "{queues: [{name: a, deadLetter: {queue: b, key: c}}]}",
        "{exchanges: [{name: a, kind: topic}]}",
        "{bindings: [{exchange: a, queue: b, routingKey: c, key: c}]}",
        "{consumers: [{name: a, queue: a, template: {}, image: b}]}",
        "{consumers: [{name: a, queue: a, template: {}, scaling: {replicas: 1}}]}",
        "{consumers: [{name: a, queue: a, http: {url: http://b, retries: 3}}]}",
        "{endpoints: {publish: {ports: 8080}}}",
        "{endpoints: {requestReply: [{name: a, port: 10000, queue: a, size: 1}]}}"
      })
  void aFieldThatDoesNotExistIsRefused(String spec) {
    assertThatThrownBy(() -> server.accept(server.topology("orders", spec)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("strict decoding error: unknown field \"spec.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.default/notify",
        "/notify",
        "ftp://shop",
        "http://",
        "http:///notify",
        "http://user@shop/",
        "http://shop/#fragment",
        "http://shop/two words",
        "http://shop/{id}",
        "http://shop/50%",
        "http://shop:100000/",
        "http://shop:x/",
        "http://shop/\\n",
        "http://shop:0/",
        "http://.../",
        "http://shop..default/",
        "http://-shop/",
        "http://shop-.default/",
        "HTTP://shop/"
      })
  void anAddressThatIsNotAnHttpUrlIsRefused(String url) {
    assertRefused(
        () ->
            server.accept(
                server.topology(
                    "orders",
                    "{consumers: [{name: a, queue: a, http: {url: \"%s\"}}]}".formatted(url))),
        "spec.consumers[0].http.url",
        "must be an http or https URL without a user or a fragment, such as"
            + " http://shop.default/notify");
  }

  @ParameterizedTest
  @CsvSource({
    "http://shop:65536/,must have a port of at most 65535",
    "http://shop:99999/,must have a port of at most 65535",
    "http://[::1]:70000/,must have a port of at most 65535",
    "http://1.2.3.456/,must have the name of a host or an IP address",
    "http://1.2.3/,must have the name of a host or an IP address",
    "http://[::1::2]/,must have an IPv6 address in its brackets",
    "http://[:::]/,must have an IPv6 address in its brackets"
  })
  void anAddressThatCannotExistIsRefused(String url, String why) {
    assertRefused(
        () ->
            server.accept(
                server.topology(
                    "orders",
                    "{consumers: [{name: a, queue: a, http: {url: \"%s\"}}]}".formatted(url))),
        "spec.consumers[0].http.url",
        why);
  }

  @Test
  void oneEndpointMoreThanTheMaximumIsRefused() {
    String endpoints =
        IntStream.rangeClosed(0, 20)
            .mapToObj(n -> "{name: a%d, port: %d, queue: a}".formatted(n, 10000 + n))
            .collect(Collectors.joining(", "));
    assertRefused(
        () ->
            server.accept(
                server.topology(
                    "orders", "{endpoints: {requestReply: [%s]}}".formatted(endpoints))),
        "spec.endpoints.requestReply",
        "Too many: 21: must have at most 20 items");
  }

  private static void assertChangeRefused(
      String before, String after, String place, String message) {
    GenericKubernetesResource stored = server.create(server.topology("changed", before));
    try {
      assertRefused(
          () -> server.replace(stored, server.topology("changed", after)), place, message);
    } finally {
      server.client().resource(stored).delete();
    }
  }

  private static void assertRefused(ThrowingCallable request, String place, String message) {
    KubernetesClientException refusal =
        catchThrowableOfType(KubernetesClientException.class, request);
    assertThat(refusal).as("the refusal").isNotNull();
    assertThat(refusal.getStatus().getDetails().getCauses())
        .extracting(StatusCause::getField, cause -> humanPart(cause.getMessage()))
        .filteredOn(cause -> !cause.toList().getLast().toString().startsWith("some validation"))
        .containsExactly(tuple(place, message));
  }

  /** Without the value that the server repeats, or its type. */
  private static String humanPart(String message) {
    return message.replaceFirst("^Invalid value: (\".*?\"|[^ ]*): ", "");
  }
}
