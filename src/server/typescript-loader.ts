// Lets this process import TypeScript as it stands (docs/decisions/0011-tsx-loads-typescript.md).

let isRegistered = false

/** From now on `import` and `require` take TypeScript. Call it before the first module that needs it. */
export async function loadTypeScript(): Promise<void> {
  if (isRegistered) return
  isRegistered = true
  const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')])
  esm.register()
  commonJs.register()
}

/** Whether the file at `path` cannot be imported without. */
export const isTypeScript = (path: string): boolean => /\.[cm]?ts$/.test(path)
