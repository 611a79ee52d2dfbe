from lpu.cli import console

console()
