// Where a pyproject.toml speaks of Gantry.

/** Its keys. */
export const PYPROJECT_TABLE = ['tool', 'gantry'] as const

/** The table [tool.gantry]; undefined without. */
export function gantryTable(pyproject: unknown): unknown {
  let value = pyproject
  for (const key of PYPROJECT_TABLE) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
