// The categories an article may have, in the order the shop's help has them (knowledge_base/README.md).

export const CATEGORIES = [
  "delivery", "orders", "returns", "payment", "account", "membership", "products", "technical",
  "promotions", "warranty", "privacy", "wholesale", "events", "sustainability", "general",
];
