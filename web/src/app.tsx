// Providers, and the choice between signed out, first set-up and the console itself.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider, Result } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router';
import { ApiProblem, worthRetrying } from './api/client';
import { useGetSession, type Session } from './api/generated';
import { PanelSkeleton } from './components/page';
import { ProblemView } from './components/problem';
import { switchLanguage, useLanguage } from './i18n';
import { kInnerPages, kPages, type PageRecord } from './routes';
import { AppearanceProvider, usePalette } from './state/appearance';
import { SessionContext, useMay } from './state/session';
import { antdConfig } from './theme';

const Shell = lazy(async () => ({ default: (await import('./layout/shell')).Shell }));
const SignInPage = lazy(async () => ({ default: (await import('./features/session/sign_in_page')).SignInPage }));
const SetupPage = lazy(async () => ({ default: (await import('./features/session/setup_page')).SetupPage }));

/** When the session has ended, the next question about it leads to the sign-in page. */
function makeClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: worthRetrying, refetchOnWindowFocus: false, staleTime: 15_000 } },
    queryCache: new QueryCache({
      onError: (error, query) => {
        const ended = error instanceof ApiProblem && error.problem.status === 401;
        if (ended && query.queryKey[0] !== 'getSession') void client.invalidateQueries({ queryKey: ['getSession'] });
      },
    }),
  });
  return client;
}

function Themed({ children }: { children: ReactNode }) {
  const palette = usePalette();
  const language = useLanguage();
  const config = useMemo(() => antdConfig(palette), [palette]);
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  }, [language]);
  return (
    <ConfigProvider theme={config} button={{ autoInsertSpace: false }} locale={language === 'zh' ? zhCN : enGB}>
      <AntApp>{children}</AntApp>
    </ConfigProvider>
  );
}

function Allowed({ page }: { page: PageRecord }) {
  const { t } = useTranslation();
  const may = useMay();
  if (!may(page.permission)) return <Result status="403" title={t('app.forbidden')} subTitle={t('app.forbidden_fix')} />;
  const Component = page.component;
  return <Suspense fallback={<PanelSkeleton rows={10} />}><Component /></Suspense>;
}

function Console({ session }: { session: Session }) {
  const { t } = useTranslation();
  useEffect(() => switchLanguage(session.language), [session.language]);
  return (
    <SessionContext value={session}>
      <Shell>
        <Routes>
          {[...kPages, ...kInnerPages].map((page) => <Route key={page.path} path={page.path} element={<Allowed key={page.path} page={page} />} />)}
          <Route path="*" element={<Result status="404" title={t('app.not_found')} subTitle={t('app.not_found_fix')} />} />
        </Routes>
      </Shell>
    </SessionContext>
  );
}

function Gate() {
  const location = useLocation();
  const session = useGetSession({ staleTime: 60_000 });
  if (session.isPending) return null;
  const signedOut = session.error instanceof ApiProblem && session.error.problem.status === 401;
  if (session.isError && !signedOut) return <div style={{ padding: 24 }}><ProblemView error={session.error} retry={() => void session.refetch()} /></div>;
  if (session.isError || !session.data) {
    const here = location.pathname + location.search;
    return <Navigate replace to={here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`} />;
  }
  return <Console session={session.data} />;
}

export function Root() {
  const client = useMemo(makeClient, []);
  return (
    <QueryClientProvider client={client}>
      <AppearanceProvider>
        <Themed>
          <BrowserRouter>
            <Suspense fallback={null}>
              <Routes>
                <Route path="/sign-in" element={<SignInPage />} />
                <Route path="/setup" element={<SetupPage />} />
                <Route path="*" element={<Gate />} />
              </Routes>
            </Suspense>
          </BrowserRouter>
        </Themed>
      </AppearanceProvider>
    </QueryClientProvider>
  );
}
