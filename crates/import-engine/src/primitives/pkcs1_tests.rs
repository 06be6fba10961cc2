//! The judgement of PKCS#1 v1.5 blocks against a plain one that may branch.

use super::*;

fn plain(block: &[u8], lengths: &RangeInclusive<usize>) -> Option<usize> {
    let body = block.strip_prefix(&[0, 2])?;
    let separator = body.iter().position(|byte| *byte == 0)?;
    let length = body.len() - separator - 1;
    (separator >= 8 && lengths.contains(&length)).then_some(length)
}

fn check(block: &[u8], lengths: &RangeInclusive<usize>) {
    let verdict = judge(block, lengths);
    assert!(verdict.good == 0 || verdict.good == usize::MAX);
    assert_eq!((verdict.good != 0).then_some(verdict.length), plain(block, lengths), "{block:02x?} {lengths:?}");
}

fn block(size: usize, message: usize) -> Vec<u8> {
    let mut block = vec![0xa5; size];
    block[0] = 0;
    block[1] = 2;
    block[size - message - 1] = 0;
    block
}

#[test]
fn every_length_and_every_range() {
    for message in 0..=60 {
        for start in [0, 1, 16, 31, 32, 33, 53] {
            for end in [start, start + 1, 32, 53, 64, usize::MAX >> 1, usize::MAX] {
                check(&block(64, message), &(start..=end));
            }
        }
    }
}

#[test]
fn every_byte_of_the_block_set_to_every_value() {
    for position in 0..64 {
        for value in 0..=255 {
            let mut damaged = block(64, 32);
            damaged[position] = value;
            check(&damaged, &(32..=32));
            check(&damaged, &(16..=40));
        }
    }
}

#[test]
fn tiny_and_separatorless_blocks_are_bad() {
    for size in 0..12 {
        check(&vec![0; size], &(0..=usize::MAX));
        check(&vec![2; size], &(0..=usize::MAX));
    }
    let mut endless = vec![0xff; 256];
    endless[0] = 0;
    endless[1] = 2;
    check(&endless, &(0..=usize::MAX));
}

#[test]
fn selects_by_mask() {
    let block = Block { bytes: Material::copy_of(&[1, 2, 3, 4]), genuine: usize::MAX };
    let other = Material::copy_of(&[9, 8]);
    assert_eq!(block.tail_or(usize::MAX, &other).unwrap().expose(), [3, 4]);
    assert_eq!(block.tail_or(0, &other).unwrap().expose(), [9, 8]);
    assert!(block.tail_or(0, &Material::zeroed(5)).is_none());
}
