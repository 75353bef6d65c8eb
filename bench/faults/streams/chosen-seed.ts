// Which seed a run goes by, and that it is known afterwards.
import { randomBetween } from '../../../test/harness/random.ts'
import type { Tell } from '../fault-script.ts'

/** The option of the scripts that go by one. */
export const SEED_OPTION = { default: 0, help: 'of what is sent; 0 takes another each time' }

export function chosenSeed(seed: number, tell: Tell): number {
  const chosen = seed === 0 ? randomBetween(1, 999_999, Math.random) : seed
  tell(`--seed ${chosen}`)
  return chosen
}
