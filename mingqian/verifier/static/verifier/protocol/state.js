/** Who inspects whom after the draw, and the facts that bear on it: what every later file starts from. */

import { isHome } from './seal.js';

/** A place (subject, inspector) as one key: neither holds a tab. */
export const placeKey = (subject, inspector) => `${subject}\t${inspector}`;

export class State {
  constructor(rules, tables) {
    Object.assign(this, {
      rules, tables, teams: new Map(), later: new Map(), absent: new Map(), unavailable: new Map(), excused: new Map(), joined: new Map(), appointed: new Set(),
    });
  }

  copy() {
    const other = new State(this.rules, this.tables);
    other.teams = new Map([...this.teams].map(([subject, team]) => [subject, [...team]]));
    other.later = new Map([...this.later].map(([subject, those]) => [subject, new Set(those)]));
    for (const name of ['absent', 'unavailable', 'excused', 'joined']) other[name] = new Map(this[name]);
    other.appointed = new Set(this.appointed);
    return other;
  }

  isSealedConflict(subject, inspector) {
    return this.tables.conflicts.get(subject)?.has(inspector) ?? false;
  }

  isConflict(subject, inspector) {
    return this.isSealedConflict(subject, inspector) || (this.later.get(subject)?.has(inspector) ?? false);
  }

  isHindered(subject, inspector) {
    return this.unavailable.has(inspector) || this.absent.has(placeKey(subject, inspector)) || this.isConflict(subject, inspector);
  }

  isHome(inspector) {
    return isHome(this.rules, this.tables, inspector);
  }

  pool() {
    return [...this.tables.free, ...this.joined.keys()];
  }

  candidates(subject) {
    const team = this.teams.get(subject);
    return this.pool().filter((id) => !team.includes(id) && !this.isHindered(subject, id));
  }

  /** Whether a team keeps somebody of the lead division where one goes and another comes; a team without any does not count. */
  keepsHome(team, goes, comes) {
    const before = team.filter((id) => this.isHome(id));
    return !before.length || this.isHome(comes) || before.some((id) => id !== goes);
  }

  counterparts(subject, inspector) {
    const own = this.teams.get(subject);
    const found = [];
    for (const [other, team] of this.teams) {
      if (other === subject || team.includes(inspector) || this.isHindered(other, inspector)) continue;
      for (const one of team) if (!own.includes(one) && !this.isHindered(subject, one)) found.push([other, one]);
    }
    return found;
  }

  substitutes(stratum) {
    const { subjects } = this.tables;
    return subjects.partaking(stratum).filter((row) => subjects.isIn(row)).map((row) => subjects.id(row))
      .filter((id) => !this.teams.has(id) && !this.excused.has(id));
  }

  put(subject, goes, comes) {
    const team = this.teams.get(subject);
    team[team.indexOf(goes)] = comes;
  }

  replace(subject, goes, comes) {
    this.put(subject, goes, comes);
    this.appointed.delete(placeKey(subject, goes));
  }

  /** Two change places; marks of appointments go with them. */
  exchange([subject, inspector], [other, one]) {
    const marks = [this.appointed.delete(placeKey(subject, inspector)), this.appointed.delete(placeKey(other, one))];
    this.put(subject, inspector, one);
    this.put(other, one, inspector);
    if (marks[0]) this.appointed.add(placeKey(other, inspector));
    if (marks[1]) this.appointed.add(placeKey(subject, one));
  }

  /** A subject's team, in its order, passes to another subject. */
  move(subject, to) {
    this.teams = new Map([...this.teams].map(([id, team]) => [id === subject ? to : id, team]));
    for (const key of [...this.appointed]) {
      if (key.startsWith(`${subject}\t`)) {
        this.appointed.delete(key);
        this.appointed.add(`${to}${key.slice(subject.length)}`);
      }
    }
  }
}
