// Finds WSGI applications in the text of Python sources, without running any of it: the import of an application may do anything.

import type { FoundApplication } from './project.ts'

interface Sign {
  readonly pattern: RegExp
  readonly framework: string
  /** Written with parentheses: it has to be called. */
  readonly isFactory?: true
}

/** At the top level of a module, the surest first. The first group is the name. */
const SIGNS: readonly Sign[] = [
  { pattern: /^(\w+)\s*=\s*get_wsgi_application\(\)/m, framework: 'Django' },
  { pattern: /^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:flask\.)?Flask\(/m, framework: 'Flask' },
  { pattern: /^(\w+)\s*=\s*(?:\w+\.)?make_wsgi_app\(/m, framework: 'Pyramid' },
  { pattern: /^(\w+)\s*=\s*(?:pyramid\.paster\.)?get_app\(/m, framework: 'Pyramid' },
  { pattern: /^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*falcon\.(?:App|API)\(/m, framework: 'Falcon' },
  { pattern: /^(\w+)\s*=\s*(?:bottle\.)?(?:Bottle|default_app)\(/m, framework: 'Bottle' },
  {
    pattern: /^(application|app|wsgi_app)\s*=\s*(?:\w+\.)*(?:create_app|make_app|create_application)\(/m,
    framework: 'WSGI',
  },
  { pattern: /^def (\w+)\(\s*environ\b[^,)]*,\s*start_response\b/m, framework: 'WSGI' },
  // Parameters without a default would be needed: what is called without any is a factory.
  {
    pattern: /^def (create_app|make_app|create_application)\(\s*(?:\w+(?:\s*:[^=,)]+)?\s*=[^,)]*,?\s*)*\)/m,
    framework: 'Flask',
    isFactory: true,
  },
]

const ASGI = /^\w+(?:\s*:\s*\w+)?\s*=\s*(?:fastapi\.)?(FastAPI|Starlette|Quart|Litestar|Sanic)\(/m

/** The application that a module has, if any. `module` is its dotted name, `path` what people read. */
export function applicationIn(text: string, module: string, path: string): FoundApplication | undefined {
  for (const { pattern, framework, isFactory } of SIGNS) {
    const name = pattern.exec(text)?.[1]
    if (name === undefined) continue
    // A factory of another framework would be called in vain.
    if (isFactory === true && !/\bFlask\(|\bfrom flask\b|\bimport flask\b/.test(text)) continue
    const call = isFactory === true ? '()' : ''
    return {
      application: `${module}:${name}${call}`,
      because: `${framework}, ${isFactory === true ? 'by the factory' : 'by'} ${name} in ${path}`,
    }
  }
  return undefined
}

/** The framework of an application that speaks ASGI, and so needs another server. */
export const asgiFrameworkIn = (text: string): string | undefined => ASGI.exec(text)?.[1]

/** `shop/wsgi.py` → `shop.wsgi`; `shop/__init__.py` → `shop`. */
export const moduleOf = (path: string): string =>
  path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.')

/** The settings module that manage.py names. */
export const settingsModuleIn = (text: string): string | undefined =>
  /DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']/.exec(text)?.[1]

/** `shop.wsgi.application` of a settings file → `shop.wsgi:application`. */
export const wsgiApplicationIn = (text: string): string | undefined =>
  /^WSGI_APPLICATION\s*=\s*["']([\w.]+)\.(\w+)["']/m.exec(text)?.slice(1).join(':')
