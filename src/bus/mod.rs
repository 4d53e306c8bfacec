//! Carries what was committed to every node. A hint: it may lose anything.
