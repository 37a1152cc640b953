import type { LocalFile } from '@backline/core/internal'
import { bytesOfBase64 } from './encoding.js'
import { notInstalled, ReactNativeError } from './errors.js'
import { type ExpoFileSystem, expoFileSystem, type ReactNativeFs, reactNativeFs } from './installed.js'

/** Opens a file by its URI, by whichever file system the app has. */
export async function openFile(uri: string): Promise<LocalFile> {
  const expo = expoFileSystem()
  // Before SDK 54 it reads files as a whole only.
  if (expo?.File) return openByExpo(expo, uri)
  const fs = reactNativeFs()
  if (fs) return openByFs(fs, uri)
  throw notInstalled(
    'expo-file-system',
    `${uri} is to be read part by part`,
    'install @dr.pogodin/react-native-fs, or pass openFile to createNativePlatform',
  )
}

function openByExpo({ File, FileMode }: ExpoFileSystem, uri: string): LocalFile {
  const file = new File(uri)
  if (!file.exists) throw new ReactNativeError('FileNotReadable', `There is no file ${uri}.`)
  // Without it the one of SDK 56 and later wants to write as well, which not every file lets one; the ones before take nothing.
  const handle = FileMode ? file.open(FileMode.ReadOnly) : file.open()
  return {
    size: handle.size ?? 0,
    name: file.name,
    type: file.type || undefined,
    lastModified: file.modificationTime ?? undefined,
    ...oneByOne(async (start, end) => {
      handle.offset = start
      return handle.readBytes(end - start)
    }),
    close: () => handle.close(),
  }
}

async function openByFs(fs: ReactNativeFs, uri: string): Promise<LocalFile> {
  const { size, mtime } = await fs.stat(uri)
  return {
    size: Number(size),
    name: uri.replace(/^.*\//, ''),
    lastModified: mtime ? new Date(mtime).getTime() : undefined,
    read: async (start, end) => bytesOfBase64(await fs.read(uri, end - start, start, 'base64')),
  }
}

/** A handle has one place that it reads from: whoever reads waits for whoever read before. */
function oneByOne(read: LocalFile['read']): Pick<LocalFile, 'read'> {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    read(start, end) {
      const bytes = turn.then(() => read(start, end))
      turn = bytes.catch(() => undefined)
      return bytes
    },
  }
}
