// What the package exports, entry by entry, as the compiler declares it: for the reference pages, and for the list that a test holds.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

/** Entry of the package → its source. */
export const ENTRY_SOURCES = {
  gantry: 'src/index.ts',
  'gantry/wsgi': 'src/wsgi/index.ts',
  'gantry/middleware': 'src/middleware/index.ts',
  'gantry/adapters': 'src/adapters/index.ts',
  'gantry/testing': 'src/testing/index.ts',
} as const

export type EntryName = keyof typeof ENTRY_SOURCES
export const ENTRY_NAMES = Object.keys(ENTRY_SOURCES) as readonly EntryName[]

/** One exported name. */
export interface DeclaredName {
  readonly name: string
  /** There when the program runs, and not only for the compiler. */
  readonly isValue: boolean
  /** As declared, without `export declare`; several of an overloaded function. Of a class or interface only its head. */
  readonly signatures: readonly string[]
  readonly documentation: Documentation
  /** Of a class or interface. */
  readonly members: readonly DeclaredMember[]
}

export interface DeclaredMember {
  readonly signature: string
  readonly documentation: Documentation
}

/** A TSDoc comment. */
export interface Documentation {
  readonly text: string
  readonly tags: readonly { readonly name: string; readonly text: string }[]
}

/** The exported names of the entries, each in the order of its source. */
export function declaredEntries(entries = ENTRY_NAMES): ReadonlyMap<EntryName, readonly DeclaredName[]> {
  return new Map(entries.map((entry) => [entry, declaredNames(REPOSITORY + ENTRY_SOURCES[entry])]))
}

function declaredNames(path: string): readonly DeclaredName[] {
  return declarationsOf(path).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return []
    const { exportClause } = statement
    if (exportClause === undefined || !ts.isNamedExports(exportClause))
      throw new Error(`${path} has an export that names nothing: ${statement.getText()}`)
    return exportClause.elements.map((element) => {
      const statements = find(element, path)
      const isType = statement.isTypeOnly || element.isTypeOnly || isTypeOnly(statements[0]!)
      return { name: element.name.text, isValue: !isType, ...describe(statements) }
    })
  })
}

/** Where the exported name is declared, through as many files as it is handed on. */
function find(element: ts.ExportSpecifier, path: string): readonly ts.Statement[] {
  const { moduleSpecifier } = element.parent.parent
  const name = (element.propertyName ?? element.name).text
  const target =
    moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
      ? resolve(dirname(path), moduleSpecifier.text)
      : path
  const { statements } = declarationsOf(target)
  const declared = statements.filter((statement) => isDeclarationOf(statement, name))
  if (declared.length > 0) return declared
  const further = statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause: clause }) => (clause && ts.isNamedExports(clause) ? [...clause.elements] : []))
    .find((each) => each.name.text === name)
  if (further === undefined || further === element) throw new Error(`${target} does not declare ${name}`)
  return find(further, target)
}

const files = new Map<string, ts.SourceFile>()

/** The declaration file of a source. Every exported name has its types written down, so one file at a time is enough. */
function declarationsOf(path: string): ts.SourceFile {
  const known = files.get(path)
  if (known !== undefined) return known
  const { outputText } = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ES2023 },
  })
  const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2023, true)
  files.set(path, file)
  return file
}

const isTypeOnly = (statement: ts.Statement): boolean =>
  ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)

function isDeclarationOf(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.some((each) => each.name.getText() === name)
  return ts.isDeclarationStatement(statement) && statement.name?.getText() === name
}

function describe(statements: readonly ts.Statement[]): Omit<DeclaredName, 'name' | 'isValue'> {
  const first = statements[0]!
  return {
    signatures: statements.map(signatureOf),
    documentation: documentationOf(first),
    members: hasMembers(first) ? [...first.members].filter(isPublic).map(describeMember) : [],
  }
}

function hasMembers(statement: ts.Statement): statement is ts.ClassDeclaration | ts.InterfaceDeclaration {
  return ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)
}

function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  // One file at a time the compiler declares a method like [Symbol.iterator] twice, first as a property.
  if (ts.isPropertyDeclaration(member) && ts.isComputedPropertyName(member.name)) return false
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false
  if (documentationOf(member).tags.some(({ name }) => name === 'internal')) return false
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []
  return !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
}

function describeMember(member: ts.ClassElement | ts.TypeElement): DeclaredMember {
  return { signature: withoutEnd(member.getText()), documentation: documentationOf(member) }
}

function signatureOf(statement: ts.Statement): string {
  const text = statement.getText().replace(/^export (?:declare )?/, '')
  return withoutEnd(hasMembers(statement) ? text.slice(0, text.indexOf(' {')) : halfIndented(text))
}

/** The compiler indents by four spaces. */
const halfIndented = (text: string): string =>
  text.replace(/^(?: {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2))

const withoutEnd = (text: string): string => text.replace(/;$/, '')

function documentationOf(node: ts.Node): Documentation {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)
  return {
    text: textOf(comment?.comment),
    tags: (comment?.tags ?? []).map((tag) => ({ name: tag.tagName.text, text: textOf(tag.comment) })),
  }
}

const textOf = (comment: ts.JSDoc['comment']): string => ts.getTextOfJSDocComment(comment) ?? ''
