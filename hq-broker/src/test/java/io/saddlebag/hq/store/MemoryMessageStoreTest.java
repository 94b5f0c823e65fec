package io.saddlebag.hq.store;

class MemoryMessageStoreTest extends MessageStoreContract {
    private final MessageStore store = new MemoryMessageStore();

    @Override
    public MessageStore store() {
        return store;
    }
}
