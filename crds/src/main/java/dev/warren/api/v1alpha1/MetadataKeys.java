package dev.warren.api.v1alpha1;

/** Which labels and annotations users may add, as CEL rules and their messages. */
final class MetadataKeys {

  private static final String ARE_KEYS =
      "self.all(key, key.size() <= 253"
          + " && key.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?"
          + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')"
          + " && !key.startsWith('warren.dev/')";

  static final String OF_LABELS = ARE_KEYS + " && !key.startsWith('app.kubernetes.io/'))";
  static final String OF_LABELS_MESSAGE =
      "must have keys as Kubernetes' labels have them, which do not begin with"
          + " 'warren.dev/' or 'app.kubernetes.io/'";

  static final String OF_ANNOTATIONS = ARE_KEYS + ")";
  static final String OF_ANNOTATIONS_MESSAGE =
      "must have keys as Kubernetes' annotations have them, which do not begin with"
          + " 'warren.dev/'";

  static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

  private MetadataKeys() {}
}
