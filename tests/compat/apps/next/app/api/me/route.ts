import { getCurrentUser } from 'aws-amplify/auth/server';
import { cookies } from 'next/headers';
import { type NextRequest, NextResponse } from 'next/server';
import { runWithAmplifyServerContext } from '@/utils/amplify-utils';

export async function GET() {
  const user = await runWithAmplifyServerContext({
    nextServerContext: { cookies },
    operation: (contextSpec) => getCurrentUser(contextSpec),
  });
  return NextResponse.json({ user });
}

export async function POST(request: NextRequest) {
  const response = new Response('{}', { status: 201 });
  await runWithAmplifyServerContext({
    nextServerContext: { request, response },
    operation: (contextSpec) => getCurrentUser(contextSpec),
  });
  return response;
}
