// How an application in TypeScript or JavaScript is named: `./app.ts` or `path/app.mjs:site.wsgi`.

const SPECIFICATION = /^(.+\.[cm]?[jt]s)(?::(.*))?$/s

/** Whether `specification` names a file of TypeScript or JavaScript; everything else is Python's. */
export const isScript = (specification: string): boolean => SPECIFICATION.test(specification)

/** The file, and the name of an export behind it, if there is one. */
export function partsOfScript(specification: string): {
  readonly file: string
  readonly name: string | undefined
} {
  const [, file = '', name] = SPECIFICATION.exec(specification) ?? []
  return { file, name }
}
