// What we take the packages of an app for, beside what they say of themselves. Checked by TypeScript alone, never run.
import * as amplifyWebBrowser from '@aws-amplify/rtn-web-browser'
import * as pogodinFs from '@dr.pogodin/react-native-fs'
import asyncStorage from '@react-native-async-storage/async-storage'
import * as netInfo from '@react-native-community/netinfo'
import * as expoCrypto from 'expo-crypto'
import * as expoFileSystem from 'expo-file-system'
import * as expoWebBrowser from 'expo-web-browser'
import * as fflate from 'fflate'
import * as reactNative from 'react-native'
import * as reactNativeFs from 'react-native-fs'
import inAppBrowser from 'react-native-inappbrowser-reborn'
import type * as ours from './installed'

export const taken: [
  ours.AmplifyWebBrowser,
  ours.AsyncStore,
  ours.ExpoCrypto,
  ours.ExpoFileSystem,
  ours.ExpoWebBrowser,
  ours.Fflate,
  ours.InAppBrowser,
  ours.NetInfoLike,
  ours.ReactNative,
  ours.ReactNativeFs,
  ours.ReactNativeFs,
] = [
  amplifyWebBrowser,
  asyncStorage,
  expoCrypto,
  expoFileSystem,
  expoWebBrowser,
  fflate,
  inAppBrowser,
  netInfo,
  reactNative,
  pogodinFs,
  reactNativeFs,
]
