// What a configuration file of data may say, as a JSON Schema: for editors, which complete and check by it while one writes. It is made of
// the option table and keeps to draft 7, the one that editors know best.
import { nameInData } from './config-object.ts'
import { type JsonSchema, type Option, type TableForm, defaultTextOf } from './option.ts'
import { OPTION_LIST } from './options.ts'

/** Of a gantry.toml, a gantry.config.json, or the table [tool.gantry]. */
export function configSchema(): JsonSchema {
  const named = OPTION_LIST.filter(({ option }) => option.isNotInFiles !== true)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of Gantry',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      ...Object.fromEntries(named.map(({ name, option }) => [nameInData(name), describedOption(option)])),
    },
    additionalProperties: false,
  }
}

/** As a file holds it. */
export const configSchemaText = (): string => `${JSON.stringify(configSchema(), null, 2)}\n`

function describedOption(option: Option<unknown>): JsonSchema {
  const defaultText = defaultTextOf(option)
  const facts = [
    option.help,
    defaultText === undefined ? '' : `Default: ${defaultText}.`,
    option.inDevelopment === undefined ? '' : `Default of gantry dev: ${option.inDevelopment}.`,
  ]
  const description = facts.filter((fact) => fact !== '').join(' ')
  return { description, ...defaultOf(option), ...valueSchema(option) }
}

function defaultOf(option: Option<unknown>): JsonSchema {
  if (option.kind === 'repeatable') return { default: option.default }
  if (option.kind !== 'single' || typeof option.default !== 'string') return {}
  return { default: inFile(option, option.default) }
}

/** As one would write it in a file. */
function inFile(option: Option<unknown>, text: string): unknown {
  if (option.kind === 'single' && option.isSwitch === true) return text === 'on'
  return option.type.takesNumbers === 'whole' && /^\d+$/.test(text) ? Number(text) : text
}

/** One value; of what may be repeated a list of them too, or a table where there is one. */
function valueSchema({ kind, type: { schema, table } }: Option<unknown>): JsonSchema {
  if (kind !== 'repeatable') return schema
  const forms = [schema, { type: 'array', items: schema }]
  return { anyOf: table === undefined ? forms : [tableSchema(table), ...forms] }
}

function tableSchema({ key, settings, plain }: TableForm): JsonSchema {
  const entries = [
    ...(plain === undefined ? [] : [plain]),
    ...(settings === undefined ? [] : [settingsSchema(settings)]),
  ]
  return {
    type: 'object',
    propertyNames: key.schema,
    additionalProperties: entries.length === 1 ? entries[0] : { anyOf: entries },
  }
}

/** What a key has of its own; an empty table would say nothing. */
function settingsSchema(settings: Readonly<Record<string, Option<unknown>>>): JsonSchema {
  const members = Object.entries(settings).map(([name, option]) => [
    nameInData(name),
    { description: option.help, ...valueSchema(option) },
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(members) as JsonSchema,
    additionalProperties: false,
    minProperties: 1,
  }
}
