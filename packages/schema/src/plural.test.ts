import { expect, test } from 'vitest'
import { plural } from './plural.js'

test.each([
  ['Todo', 'Todos'],
  ['Category', 'Categories'],
  ['Day', 'Days'],
  ['BlogPost', 'BlogPosts'],
  ['Person', 'People'],
  ['SalesPerson', 'SalesPeople'],
  ['Child', 'Children'],
  ['Woman', 'Women'],
  ['Human', 'Humans'],
  ['Address', 'Addresses'],
  ['Box', 'Boxes'],
  ['Status', 'Statuses'],
  ['Bus', 'Buses'],
  ['Match', 'Matches'],
  ['Wish', 'Wishes'],
  ['Hero', 'Heroes'],
  ['Photo', 'Photos'],
  ['Leaf', 'Leaves'],
  ['Life', 'Lives'],
  ['Index', 'Indices'],
  ['Analysis', 'Analyses'],
  ['News', 'News'],
  ['Series', 'Series'],
  ['Media', 'Media'],
  ['Company', 'Companies'],
  ['Quiz', 'Quizzes'],
  ['Mouse', 'Mice'],
  ['Settings', 'Settings'],
  ['User', 'Users'],
  ['Roof', 'Roofs'],
  ['Key', 'Keys'],
  ['API', 'APIS'],
])('%s → %s', (one, many) => {
  expect(plural(one)).toBe(many)
})
