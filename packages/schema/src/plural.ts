// Plurals as Amplify's transformer forms them (npm `pluralize`), since `list<Plural>` is part of the API. The rules cover
// English model names; a word they miss gets an `s`.

const irregular: Readonly<Record<string, string>> = {
  person: 'people',
  man: 'men',
  woman: 'women',
  child: 'children',
  foot: 'feet',
  tooth: 'teeth',
  goose: 'geese',
  mouse: 'mice',
  louse: 'lice',
  ox: 'oxen',
  die: 'dice',
  this: 'these',
  that: 'those',
  genus: 'genera',
  quiz: 'quizzes',
  pickaxe: 'pickaxes',
  passerby: 'passersby',
}

const unchanging: readonly RegExp[] = [
  /(?:advice|aircraft|audio|baggage|bison|cash|chassis|clothing|corps|data|debris|deer|education|electricity|energy|equipment|firmware|fish|furniture|garbage|gold|hardware|health|homework|housework|information|jewelry|justice|knowledge|labour|literature|luggage|machinery|mail|manga|media|metadata|moose|mud|music|news|offspring|pollution|rain|research|rice|salmon|series|sheep|shorthand|software|species|stuff|sugar|tennis|traffic|transportation|tuna|vegetation|wealth|welfare|wheat|wildlife|you)$/i,
  /pox$/i,
]

// First match wins.
const endings: readonly (readonly [RegExp, string])[] = [
  [/(alumn|alg|larv|vertebr)(?:a|ae)$/i, '$1ae'],
  [/(matr|append)(?:ix|ices)$/i, '$1ices'],
  [/(cod|mur|sil|vert|ind)(?:ex|ices)$/i, '$1ices'],
  [/(her|at|gr)o$/i, '$1oes'],
  [/(potato|tomato|echo|torpedo|veto)$/i, '$1es'],
  [/(criteri|phenomen|automat|polyhedr)on$/i, '$1a'],
  [
    /(agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|candelabr|errat|ov|symposi|curricul|quor)um$/i,
    '$1a',
  ],
  [/(alumn|syllab|vir|radi|nucle|fung|cact|stimul|termin|bacill|foc|uter|loc|strat)us$/i, '$1i'],
  [/(?:([^aeiou]i|a)nalysis)$/i, '$1nalyses'],
  [/sis$/i, 'ses'],
  [/(kni|wi|li)fe$/i, '$1ves'],
  [/((?:ar|l|ea|eo|oa|hoo)l?)f$/i, '$1ves'],
  [/([^aeiou]|qu)y$/i, '$1ies'],
  [/([^ch][ieo][ln])ey$/i, '$1ies'],
  [/(x|ch|ss|sh|zz)$/i, '$1es'],
  [/(alias|status|bus|campus|gas|iris|bonus|census|corpus|focus|octopus|virus|canvas|atlas|us)$/i, '$1es'],
  [/s$/i, 's'],
]

/** `Category` → `Categories`, `BlogPost` → `BlogPosts`, `Person` → `People`. */
export function plural(name: string): string {
  const lower = name.toLowerCase()
  const whole = Object.hasOwn(irregular, lower) ? irregular[lower] : undefined
  if (whole) return `${name[0]}${whole.slice(1)}`
  if (unchanging.some((word) => word.test(name))) return name
  if (/(?:^|[a-z])(?:wo)?man$/i.test(name) && !/(?:hu|ger|ro|sha|tals|ot+o)man$/i.test(name))
    return name.replace(/man$/i, 'men')
  if (/child$/i.test(name)) return `${name}ren`
  if (/person$/i.test(name)) return name.replace(/erson$/i, 'eople')
  for (const [ending, replacement] of endings) if (ending.test(name)) return name.replace(ending, replacement)
  return `${name}s`
}
