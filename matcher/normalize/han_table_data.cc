// The bytes of the generated table, taken in by the assembler: an initialiser of this size would take the
// compiler seconds.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".global relief_han_table\n"
    ".type relief_han_table, @object\n"
    "relief_han_table:\n"
    ".incbin \"" RELIEF_HAN_TABLE_FILE
    "\"\n"
    ".size relief_han_table, . - relief_han_table\n"
    ".text\n");
