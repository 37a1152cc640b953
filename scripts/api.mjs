// Writes the public surface of each package, as its declarations say it, to docs/api/. A changed report is part of a review.
//   node scripts/api.mjs           writes
//   node scripts/api.mjs --check   exits 1 where the written report is not what the built packages say
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { packages, root, subpathOf } from './packages.mjs'

const check = process.argv.includes('--check')
const folder = join(root, 'docs/api')
const stale = []
mkdirSync(folder, { recursive: true })

for (const { folder: name, manifest, entries } of packages) {
  const text = report(name, manifest, entries)
  const file = join(folder, `${name}.md`)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale.push(`docs/api/${name}.md`)
  if (!check) writeFileSync(file, text)
}
if (check && stale.length) {
  console.error(
    `The public surface has changed: ${stale.join(', ')}. Run \`npm run api\` after a build, and commit what it writes.`,
  )
  process.exit(1)
}
console.log(stale.length ? `Wrote ${stale.join(', ')}.` : 'Every report is up to date.')

function report(name, manifest, entries) {
  const files = entries.map((entry) => join(root, 'packages', name, 'dist', `${entry}.d.ts`))
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const sections = entries.map((entry, index) => {
    const source = program.getSourceFile(files[index])
    const module = checker.getSymbolAtLocation(source)
    const exported = module ? checker.getExportsOfModule(module) : []
    const blocks = exported.map((symbol) => surface(checker, symbol)).sort()
    return `## ${manifest.name}${subpathOf(manifest, entry)}\n\n${blocks.length ? `\`\`\`ts\n${blocks.join('\n\n')}\n\`\`\`\n` : 'Nothing.\n'}`
  })
  return `# ${manifest.name}\n\nGenerated from the built declarations by \`npm run api\`.\n\n${sections.join('\n')}`
}

/** The declarations of one exported name, without their comments. An umbrella's own names are listed, not repeated. */
function surface(checker, exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declarations = symbol.declarations ?? []
  const carried = declarations.some((each) => each.getSourceFile().fileName.includes('/dist/inner/'))
  const kind = symbol.flags & ts.SymbolFlags.Value ? '' : 'type '
  if (carried || !declarations.length) return `export { ${kind}${exported.name} }`
  const texts = declarations.map((each) => {
    const node = ts.isVariableDeclaration(each) ? each.parent.parent : each
    return ts
      .createPrinter({ removeComments: true })
      .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
      .replace(/^(export )?(declare )?/, '')
  })
  const renamed = symbol.name === exported.name ? '' : `// exported as ${exported.name}\n`
  return `${renamed}${texts.join('\n')}`
}
