package io.saddlebag.cli.progress;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/**
 * SIGUSR1 of this process. The JDK's class for signals is no part of its API, so that it is looked up; without it the signal
 * has its usual effect.
 */
final class UserSignal {
    private static final AtomicReference<Runnable> ACTION = new AtomicReference<>();
    private static final boolean IS_TAKEN = take();

    private UserSignal() {}

    /** @param action for the next signals; null for nothing */
    static boolean onUsr1(Runnable action) {
        ACTION.set(action);
        return IS_TAKEN;
    }

    private static boolean take() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> {
                Runnable action = ACTION.get();
                if (action != null && method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("USR1"),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, call));
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
