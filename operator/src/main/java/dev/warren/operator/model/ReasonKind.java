package dev.warren.operator.model;

import java.util.List;

/**
 * What a {@link Reason} is, apart from its texts.
 *
 * @param wireName its name in conditions and Events
 * @param conditions those that can have it; none if only Events have it
 */
record ReasonKind(String wireName, Outlook outlook, List<ConditionType> conditions) {

  static ReasonKind fine(String wireName, ConditionType... conditions) {
    return new ReasonKind(wireName, Outlook.FINE, List.of(conditions));
  }

  static ReasonKind requested(String wireName, ConditionType... conditions) {
    return new ReasonKind(wireName, Outlook.REQUESTED, List.of(conditions));
  }

  static ReasonKind progress(String wireName, ConditionType... conditions) {
    return new ReasonKind(wireName, Outlook.PROGRESS, List.of(conditions));
  }

  static ReasonKind unknown(String wireName, ConditionType... conditions) {
    return new ReasonKind(wireName, Outlook.UNKNOWN, List.of(conditions));
  }

  static ReasonKind trouble(String wireName, ConditionType... conditions) {
    return new ReasonKind(wireName, Outlook.TROUBLE, List.of(conditions));
  }
}
