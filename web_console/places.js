// The places of the console: which part they belong to, the key that leads there, and who may enter.

/** @typedef {import("./types.d.ts").Agent["role"]} Role */
/** @typedef {"desk" | "wall" | "follow_ups" | "phrases" | "macros" | "rules" | "knowledge" | "improve" | "bench" | "intents" | "admin"} Place */

/**
 * In the order in which they are shown; a part is named after its first place.
 * @type {Record<Place, {part: Place, key: string, roles: Role[], hasIds?: boolean}>}
 */
export const PLACES = {
  desk: { part: "desk", key: "D", roles: ["agent", "supervisor", "admin"], hasIds: true },
  wall: { part: "desk", key: "W", roles: ["supervisor", "admin"] },
  follow_ups: { part: "desk", key: "F", roles: ["supervisor", "admin"] },
  phrases: { part: "phrases", key: "P", roles: ["agent", "editor", "supervisor", "admin"], hasIds: true },
  macros: { part: "phrases", key: "M", roles: ["agent", "editor", "supervisor", "admin"], hasIds: true },
  rules: { part: "phrases", key: "R", roles: ["supervisor", "admin"], hasIds: true },
  knowledge: { part: "knowledge", key: "K", roles: ["editor", "supervisor", "admin"], hasIds: true },
  improve: { part: "knowledge", key: "G", roles: ["editor", "supervisor", "admin"], hasIds: true },
  bench: { part: "knowledge", key: "B", roles: ["editor", "supervisor", "admin"] },
  intents: { part: "knowledge", key: "I", roles: ["editor", "supervisor", "admin"], hasIds: true },
  admin: { part: "admin", key: "A", roles: ["supervisor", "admin"], hasIds: true },
};

/** @param {string} name @returns {name is Place} */
export const isPlace = (name) => Object.hasOwn(PLACES, name);

/** @param {{role: Role}} agent @returns {Place[]} as Role::may has it; the server decides, this only hides dead ends */
export function placesOf({ role }) {
  return Object.keys(PLACES).filter(isPlace).filter((place) => PLACES[place].roles.includes(role));
}
