// Who is at the desk: everybody's seat as the server tells it. Nothing here touches the page.

/** @typedef {import("../types.d.ts").Seat} Seat */

export class Seats {
  /** @type {Map<string, Seat>} by agent */ #seats = new Map();

  /** Everybody's, of a new connection. @param {Seat[]} seats */
  replace(seats) {
    this.#seats = new Map(seats.map((seat) => [seat.agent.id, seat]));
  }

  /** Of those that changed. @param {Seat[]} seats */
  merge(seats) {
    for (const seat of seats) this.#seats.set(seat.agent.id, seat);
  }

  /** @param {string} agent @returns {Seat | undefined} */
  of(agent) {
    return this.#seats.get(agent);
  }

  /** Those who are there first, then by name. @returns {Seat[]} */
  all() {
    return [...this.#seats.values()].sort((a, b) => Number(b.there && b.available) - Number(a.there && a.available) || a.agent.name.localeCompare(b.agent.name));
  }
}

/** Whether anybody of a team could take it now; a team without members is everybody. @param {Seat[]} seats @param {string[]} members */
export const isThere = (seats, members) => members.length === 0 || seats.some(({ agent, available, there }) => members.includes(agent.id) && available && there);
