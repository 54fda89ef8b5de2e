package dev.warren.operator.observation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The objects in Kubernetes that belong to a topology, by kind and name. */
public final class ObservedObjects {

  private record Key(String kind, String name) {}

  private final Map<Key, HasMetadata> objects = new HashMap<>();

  public ObservedObjects(Collection<? extends HasMetadata> observed) {
    observed.forEach(object -> objects.put(key(object), object));
  }

  /** The observed object of that kind and name. */
  public <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
    return Optional.ofNullable(objects.get(new Key(HasMetadata.getKind(kind), name)))
        .map(kind::cast);
  }

  /** The observed counterpart of a desired object. */
  public Optional<HasMetadata> find(HasMetadata desired) {
    return Optional.ofNullable(objects.get(key(desired)));
  }

  /** All of a kind. */
  public <T extends HasMetadata> Stream<T> all(Class<T> kind) {
    return objects.values().stream().filter(kind::isInstance).map(kind::cast);
  }

  private static Key key(HasMetadata object) {
    return new Key(object.getKind(), object.getMetadata().getName());
  }
}
