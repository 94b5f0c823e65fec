package io.saddlebag.hq.store;

class MemoryMessageStoreTest extends MessageStoreContract {
    private final MessageStore store = new MemoryMessageStore();

    @Override
    MessageStore store() {
        return store;
    }
}
